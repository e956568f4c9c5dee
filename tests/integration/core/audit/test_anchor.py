"""The audit log against somebody who owns the database (X10): the next honest row launders nothing, the anchor outside
the tables finds what the tables hide, and nothing honest raises a false alarm."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from core.audit import chain
from core.audit.anchor import Anchor, place
from core.audit.chain import Audit, Filter
from core.audit.check import acknowledge, check, verify
from core.audit.keys import Keyring
from core.db.engine import Database

KEY = "a key of this test"
RECOMPUTED = "UPDATE audit_head SET seq = {0}, hash = (SELECT hash FROM audit_log WHERE seq = {0})"


def opened(folder: Path, url: str, key: str = KEY, older: tuple[str, ...] = ()) -> Audit:
    """The log as one process has it."""
    keys = Keyring(key, older)
    return Audit(key, keys, Anchor(place(folder, url), keys))


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Audit:
    return opened(tmp_path, database_url)


def fill(db: Database, log: Audit, count: int = 6) -> None:
    for number in range(count):
        log.append(db, "anna", "role", f"user:{number}", {"role": "viewer"}, {"role": "admin"}, "10.0.0.1")


def tamper(db: Database, *statements: str) -> None:
    with db.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def rechain(db: Database, first: int) -> None:
    """Give every row from `first` on the hash that fits what it says now, and the head too: all that needs no key."""
    with db.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        previous = connection.execute(text(f"SELECT hash FROM audit_log WHERE seq = {first - 1}")).scalar()
        previous = audit_rows_genesis() if previous is None else bytes(previous)
        for one in sorted(chain.listed(connection, Filter(), most=1000), key=lambda row: row.seq):
            if one.seq < first:
                continue
            fields = {k: v for k, v in one.__dict__.items() if k not in ("hash", "key_id", "mac", "previous")}
            digest = chain.digest_of(**fields, previous=previous)
            connection.execute(
                text("UPDATE audit_log SET previous = :p, hash = :h WHERE seq = :s"),
                {"p": previous, "h": digest, "s": one.seq},
            )
            connection.execute(text("UPDATE audit_head SET seq = :s, hash = :h"), {"s": one.seq, "h": digest})
            previous = digest


def audit_rows_genesis() -> bytes:
    return b"\0" * 32


def shorten(db: Database) -> None:
    tamper(db, "DELETE FROM audit_log WHERE seq > 4", RECOMPUTED.format(4))


def empty(db: Database) -> None:
    tamper(db, "DELETE FROM audit_log", "DELETE FROM audit_head")


def behead(db: Database) -> None:
    tamper(db, "DELETE FROM audit_head")


def alter_newest(db: Database) -> None:
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 6")
    rechain(db, 6)


def rewrite(db: Database) -> None:
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 2")
    rechain(db, 1)


def drop_one(db: Database) -> None:
    tamper(db, "DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_log SET seq = seq - 1 WHERE seq > 3")
    rechain(db, 3)


def own_chain(db: Database) -> None:
    empty(db)
    fill(db, Audit("another key"), 8)


def unsign(db: Database) -> None:
    """As a release from before would have written it."""
    tamper(db, "UPDATE audit_log SET actor = 'eve', mac = NULL, key_id = NULL WHERE seq >= 5")
    rechain(db, 5)


TAMPERING = (shorten, empty, behead, alter_newest, rewrite, drop_one, own_chain, unsign)


@pytest.mark.parametrize("attack", TAMPERING)
def test_the_next_honest_row_launders_nothing(db, log, attack) -> None:
    fill(db, log)
    assert check(db, log, full=True).problem == ""
    attack(db)
    log.append(db, "ben", "unlock", "user:9")  # nobody's work stops
    log.append(db, "ben", "unlock", "user:8")
    verdict = verify(db, log.keys, log.anchor)
    assert verdict.problem, attack
    assert [one.action for one in chain.listed(db, Filter(action="audit.break"))] == ["audit.break"]
    assert verify(db, KEY).problem  # without the anchor too: the break is a row of the log


@pytest.mark.parametrize("attack", TAMPERING)
def test_a_check_finds_it_and_records_it_before_anybody_writes(db, log, attack) -> None:
    fill(db, log)
    attack(db)
    assert check(db, log, full=True).problem
    assert verify(db, KEY).problem


@pytest.mark.parametrize("attack", TAMPERING)
def test_another_process_of_the_host_finds_it_by_the_file(db, log, database_url, tmp_path, attack) -> None:
    fill(db, log)
    attack(db)
    other = opened(tmp_path, database_url)
    other.append(db, "ben", "unlock", "user:9")
    assert verify(db, other.keys).problem


def test_a_row_altered_and_mended_again_stays_known(db, log) -> None:
    fill(db, log)
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 2")
    assert "altered: row 2" in check(db, log, full=True).problem
    tamper(db, "UPDATE audit_log SET actor = 'anna' WHERE seq = 2")
    assert "altered: row 2" in check(db, log, full=True).problem
    assert len(chain.listed(db, Filter(action="audit.break"))) == 1  # recorded once


def test_an_older_dump_with_its_own_valid_head_is_found(db, log, database_url, tmp_path) -> None:
    fill(db, log, 3)
    tamper(db, "CREATE TABLE old_log AS TABLE audit_log", "CREATE TABLE old_head AS TABLE audit_head")
    fill(db, log, 3)
    tamper(
        db, "DELETE FROM audit_log", "DELETE FROM audit_head", "INSERT INTO audit_log SELECT * FROM old_log",
        "INSERT INTO audit_head SELECT * FROM old_head",
    )  # fmt: skip
    assert verify(db, KEY).problem == ""  # the tables alone tell nothing
    assert "the anchor knows row 6" in verify(db, log.keys, log.anchor).problem
    seq = opened(tmp_path, database_url).append(db, "ben", "unlock", "user:9")
    assert seq == 8  # rows 4 to 6 stay missing, 7 says why
    assert verify(db, KEY).problem


def test_two_logs_that_changed_places_are_found(db, log, tmp_path, postgres_server) -> None:
    from stack.postgres import DATABASE

    postgres_server.create_database("swapped", template=DATABASE)
    try:
        other = Database(postgres_server.url("swapped"))
        second = opened(tmp_path, postgres_server.url("swapped"))
        fill(db, log)
        for number in range(6):
            second.append(other, "carl", "role", f"user:{number}")
        with other.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT seq, at, actor, action, target, previous, hash, key_id, mac FROM audit_log")
            rows = cursor.fetchall()
            cursor.execute("SELECT seq, hash, signature FROM audit_head")
            head = cursor.fetchone()
        other.close()
        empty(db)
        with db.raw() as connection, connection.cursor() as cursor:
            names = "seq, at, actor, action, target, previous, hash, key_id, mac"
            for row in rows:
                cursor.execute(f"INSERT INTO audit_log ({names}) VALUES ({', '.join(['%s'] * 9)})", row)
            cursor.execute("INSERT INTO audit_head (seq, hash, signature) VALUES (%s, %s, %s)", head)
        assert verify(db, KEY).problem == ""
        assert "replaced: row 6" in verify(db, log.keys, log.anchor).problem
    finally:
        postgres_server.run("dropdb", "--force", "swapped")


def test_many_processes_raise_no_alarm(db, database_url, tmp_path) -> None:
    logs = [opened(tmp_path, database_url) for _ in range(4)] + [opened(tmp_path / "other host", database_url)]

    def work(log: Audit) -> None:
        for _ in range(8):
            log.append(db, "anna", "role", "user:1")
            check(db, log, full=False)

    threads = [threading.Thread(target=work, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        assert check(db, log, full=True).problem == ""
    assert [one.action for one in chain.listed(db, Filter(action="audit.break"))] == []


def test_what_is_rolled_back_is_not_anchored(db, log) -> None:
    fill(db, log, 1)

    def fails() -> None:
        with db.transaction() as connection:
            log.append(connection, "anna", "role", "user:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with db.transaction() as connection:
        log.append(connection, "anna", "role", "user:1")
        connection.rollback()
    with db.transaction() as connection:
        part = connection.begin_nested()
        log.append(connection, "anna", "role", "user:1")
        part.rollback()
    claim = log.anchor.newest()
    assert claim is not None
    assert claim.seq == 1
    assert check(db, log, full=True).problem == ""


def test_a_writer_that_died_before_it_anchored_raises_no_alarm(db, log, database_url, tmp_path) -> None:
    fill(db, log, 2)
    fill(db, Audit(KEY), 2)  # committed, never anchored
    assert check(db, log, full=True).problem == ""
    assert log.anchor.newest().seq == 4  # the check anchors them
    tamper(db, "DELETE FROM audit_log WHERE seq > 3", RECOMPUTED.format(3))
    assert verify(db, log.keys, opened(tmp_path, database_url).anchor).problem


def test_a_line_torn_by_a_crash_spoils_no_other(db, log, database_url, tmp_path) -> None:
    fill(db, log, 2)
    with log.anchor.path.open("ab") as file:
        file.write(b'\n["[\\"entry\\",3')
    fresh = opened(tmp_path, database_url)
    fill(db, fresh, 1)
    assert check(db, opened(tmp_path, database_url), full=True).problem == ""
    assert opened(tmp_path, database_url).anchor.newest().seq == 3


def test_a_made_up_line_and_a_vanished_file_are_found(db, log) -> None:
    fill(db, log, 2)
    whole = log.anchor.path.read_bytes()
    log.anchor.path.write_bytes(whole.replace(b"entry", b"entrx"))
    assert "not ours" in verify(db, log.keys, log.anchor).problem
    log.anchor.path.unlink()
    assert "is gone" in verify(db, log.keys, log.anchor).problem


def test_an_anchor_that_cannot_be_written_stops_nobody_and_is_told(db, log) -> None:
    log.anchor.path.mkdir(parents=True)
    fill(db, log, 1)
    assert "cannot be written" in verify(db, log.keys, log.anchor).problem


def test_the_file_does_not_grow_for_ever(db, log, monkeypatch) -> None:
    monkeypatch.setattr("core.audit.anchor.MOST_BYTES", 2000)
    fill(db, log, 30)
    assert log.anchor.path.stat().st_size < 2600
    assert check(db, log, full=True).problem == ""
    assert log.anchor.newest().seq == 30


def test_only_what_came_after_the_last_proof_is_read(db, log) -> None:
    fill(db, log)
    assert check(db, log, full=True).rows == 6
    fill(db, log, 2)
    assert (check(db, log, full=False).rows, log.anchor.verified().seq) == (8, 8)
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 2")
    assert check(db, log, full=False).problem == ""
    assert "altered" in check(db, log, full=True).problem
    assert check(db, log, full=False).problem  # and from then on by either


def test_an_acknowledged_break_stays_and_hides_no_other(db, log) -> None:
    fill(db, log)
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 2")
    check(db, log, full=True)
    (broken,) = chain.listed(db, Filter(action="audit.break"))
    acknowledge(db, log, broken.seq, "ben", "our own mistake")
    verdict = check(db, log, full=True)
    assert (verdict.problem, [one.sentence for one in verdict.known]) == ("", ["altered: row 2 does not give its hash"])
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 3")
    assert "row 3" in check(db, log, full=True).problem


def test_rows_of_an_older_release_are_sealed_by_the_first_start(db, log) -> None:
    fill(db, log, 3)
    tamper(db, "UPDATE audit_log SET mac = NULL, key_id = NULL")  # what a release from before wrote
    fill(db, log, 1)
    rows = sorted(chain.listed(db, Filter()), key=lambda one: one.seq)
    assert [one.action for one in rows] == ["role"] * 3 + ["audit.seal", "role"]
    assert check(db, log, full=True).problem == ""
    tamper(db, "UPDATE audit_log SET actor = 'eve' WHERE seq = 2")
    rechain(db, 1)
    assert verify(db, KEY).problem


def test_keys_are_rotated_and_older_ones_verify(db, log, database_url, tmp_path) -> None:
    fill(db, log, 2)
    renewed = opened(tmp_path, database_url, "the next key", (KEY,))
    fill(db, renewed, 2)
    assert check(db, renewed, full=True).problem == ""
    assert len({one.key_id for one in chain.listed(db, Filter())}) == 2
    assert verify(db, "the next key").problem  # the older key is needed for the older rows
