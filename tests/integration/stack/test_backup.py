"""A backup taken from a database that is in use comes back whole, once and only where it is meant to."""

import pytest

from core import clock
from core.audit.anchor import Anchor, place
from core.audit.chain import Audit, Filter, listed
from core.audit.check import check, verify
from core.audit.keys import Keyring
from core.db.engine import Database
from core.events.types import Label, Prediction, Transaction
from core.pipeline.writer import Writer
from stack.backup import backup, recorded, restore
from stack.failure import StackError
from stack.postgres import DATABASE

KEY = "k" * 40
COUNTED = ("transactions", "fraud_predictions", "effective_labels", "event_keys", "audit_log", "rollups")


@pytest.fixture
def elsewhere(postgres_server):
    postgres_server.create_database("elsewhere", template="template0")
    yield postgres_server.url("elsewhere")
    postgres_server.run("dropdb", "--force", "elsewhere")


def fill(database, first=0):
    now = clock.now()
    events = []
    for number in range(first, first + 50):
        name = f"t-{number}"
        events += [
            Transaction(id=name, transaction_id=name, type="purchase", amount=10.0, timestamp=now),
            Prediction(id=name, transaction_id=name, score=0.9, decision="BLOCKED", timestamp=now),
            Label(transaction_id=name, label="fraud", source="analyst", timestamp=now, id=f"l-{number}"),
        ]
    Writer(database, 0.7, 48 * 3600).store(events, now)
    Audit(KEY).append(database, "test", "fill", "database", None, {"first": first})


def held(database):
    with database.raw() as connection, connection.cursor() as cursor:
        found = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[table] = cursor.fetchone()
        return found


def test_what_was_there_is_there_again(db, database_url, elsewhere, tmp_path):
    fill(db)
    before = held(db)
    file = tmp_path / "all.dump"
    assert backup(database_url, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    fill(db, first=50)
    restore(elsewhere, file)
    other = Database(elsewhere)
    try:
        assert held(other) == before
        assert verify(other, KEY).problem == ""
        fill(other, first=20)  # what is known already counts no second time, and new rows can be written
        assert held(other)["transactions"][0] == 70
    finally:
        other.close()


def test_nothing_is_replaced_unless_that_is_said(db, database_url, tmp_path):
    fill(db)
    file = tmp_path / "all.dump"
    backup(database_url, file)
    fill(db, first=50)
    with pytest.raises(StackError, match="is not empty"):
        restore(database_url, file)
    assert held(db)["transactions"][0] == 100
    restore(database_url, file, over=True)
    assert held(db)["transactions"][0] == 50
    with pytest.raises(StackError, match="already exists"):
        backup(database_url, file)


def test_a_broken_backup_changes_nothing(db, database_url, tmp_path):
    fill(db)
    file = tmp_path / "all.dump"
    backup(database_url, file)
    whole = file.read_bytes()
    for broken in (b"", b"not a dump", whole[: len(whole) // 2]):
        file.write_bytes(broken)
        with pytest.raises(StackError, match="pg_restore"):
            restore(database_url, file, over=True)
        assert held(db)["transactions"][0] == 50
    with pytest.raises(StackError, match="is not a file"):
        restore(database_url, tmp_path / "none", over=True)


def test_a_database_that_is_away_is_said(tmp_path, postgres_server):
    away = postgres_server.url(DATABASE).replace(f":{postgres_server.port}/", ":1/")
    with pytest.raises(StackError, match=r"pg_dump: .*refused"):
        backup(away, tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


def test_what_a_newer_schema_added_goes_with_a_restore(db, database_url, tmp_path):
    """Else the newer release could not be installed again: its migrations would meet their own tables."""
    file = tmp_path / "all.dump"
    fill(db)
    backup(database_url, file)
    before = held(db)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TYPE newer AS ENUM ('a', 'b')")
        cursor.execute("CREATE TABLE newer_rows (version integer REFERENCES models, kind newer) ")
        cursor.execute("CREATE FUNCTION newer_answer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
        cursor.execute("CREATE TRIGGER n AFTER INSERT ON newer_rows FOR EACH ROW EXECUTE FUNCTION newer_answer()")
        cursor.execute("CREATE TRIGGER m BEFORE DELETE ON newer_rows FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        cursor.execute("CREATE SEQUENCE newer_numbers")
    restore(database_url, file, over=True)
    assert held(db) == before
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('newer_rows'), to_regtype('newer'), to_regclass('newer_numbers'),"
            " to_regproc('newer_answer')"
        )
        assert cursor.fetchone() == (None,) * 4


def test_a_restore_that_breaks_off_changes_nothing(db, database_url, tmp_path):
    file = tmp_path / "all.dump"
    fill(db)
    backup(database_url, file)
    fill(db, first=50)
    before = held(db)
    file.write_bytes(file.read_bytes()[:-2_000])
    with pytest.raises(StackError):
        restore(database_url, file, over=True)
    assert held(db) == before


def test_a_restored_backup_is_on_record_and_no_break(db, database_url, tmp_path):
    keys = Keyring(KEY)
    log = Audit(KEY, keys, Anchor(place(tmp_path, database_url), keys))
    other_host = Audit(KEY, keys, Anchor(place(tmp_path / "other", database_url), keys))
    for writer in (log, other_host, log):
        writer.append(db, "anna", "role", "user:1")
    file = tmp_path / "all.dump"
    backup(database_url, file)
    for writer in (log, other_host):
        writer.append(db, "anna", "role", "user:2")
    log.restoring()
    restore(database_url, file, over=True)
    recorded(database_url, log, file.name)
    rows = sorted(listed(db, Filter()), key=lambda row: row.seq)
    assert [row.action for row in rows][-2:] == ["audit.restore", "database.restore"]
    assert rows[-2].seq == 6  # the numbers of what is gone are not given again
    for writer in (log, other_host):
        assert check(db, writer, full=True).problem == ""
        writer.append(db, "anna", "role", "user:3")
    assert listed(db, Filter(action="audit.break")) == []


def test_a_restore_that_nobody_announced_is_a_break(db, database_url, tmp_path):
    keys = Keyring(KEY)
    log = Audit(KEY, keys, Anchor(place(tmp_path, database_url), keys))
    log.append(db, "anna", "role", "user:1")
    file = tmp_path / "all.dump"
    backup(database_url, file)
    log.append(db, "anna", "role", "user:2")
    restore(database_url, file, over=True)
    log.append(db, "anna", "role", "user:3")
    assert "the anchor knows row 2" in check(db, log, full=True).problem
