"""The audit log on a real PostgreSQL: chained, append-only, and every kind of tampering found by its row."""

import csv
import io
import threading
from collections.abc import Callable

import pytest
import sqlalchemy
from sqlalchemy import text

from core.audit import chain
from core.audit.chain import Audit, Filter
from core.audit.check import verify
from core.db.engine import Database
from core.errors import ConfigError

KEY = "a key of this test"


@pytest.fixture
def log() -> Audit:
    return Audit(KEY)


def fill(db: Database, log: Audit, count: int = 6) -> None:
    for number in range(count):
        log.append(
            db, "anna", "role", f"user:{number}", {"role": "viewer"}, {"role": "admin", "n": 1e16}, "10.0.0.1", "c-1"
        )


def tamper(db: Database, *statements: str) -> None:
    """As somebody who owns the database: past the triggers."""
    with db.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_whole_log_is_whole(db: Database, log: Audit) -> None:
    assert verify(db, KEY).problem == ""
    fill(db, log)
    verdict = verify(db, KEY)
    assert (verdict.rows, verdict.problem) == (6, "")


def test_a_row_is_written_with_the_change_or_not_at_all(db: Database, log: Audit) -> None:
    with db.transaction() as connection:
        log.append(connection, "anna", "role", "user:1")
        connection.rollback()
    assert chain.listed(db, Filter()) == []
    with db.transaction() as connection:
        log.append(connection, "anna", "role", "user:1")
    assert [one.seq for one in chain.listed(db, Filter())] == [1]


@pytest.mark.parametrize(
    ("statements", "row", "word"),
    [
        (["UPDATE audit_log SET actor = 'eve' WHERE seq = 3"], 3, "altered"),
        (['UPDATE audit_log SET after = \'{"role":"viewer"}\' WHERE seq = 2'], 2, "altered"),
        (["UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 1"], 1, "altered"),
        (["DELETE FROM audit_log WHERE seq = 4"], 4, "removed"),
        (["DELETE FROM audit_log WHERE seq = 1"], 1, "removed"),
        (["DELETE FROM audit_log WHERE seq > 4"], 5, "removed"),
        (["DELETE FROM audit_log"], 1, "removed"),
        (
            [
                "UPDATE audit_log SET seq = -1 WHERE seq = 2",
                "UPDATE audit_log SET seq = 2 WHERE seq = 5",
                "UPDATE audit_log SET seq = 5 WHERE seq = -1",
            ],
            2,
            "reordered",
        ),
        (["DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_log SET seq = seq - 1 WHERE seq > 3"], 3, "reordered"),
        (["DELETE FROM audit_head"], 7, "head"),
        (
            [
                "DELETE FROM audit_log WHERE seq = 6",
                "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_log WHERE seq = 5)",
            ],
            5,
            "signature",
        ),
    ],
)
def test_tampering_is_found(db: Database, log: Audit, statements: list[str], row: int, word: str) -> None:
    fill(db, log)
    tamper(db, *statements)
    verdict = verify(db, KEY)
    assert (verdict.seq, word in verdict.problem) == (row, True), verdict


def test_a_rewritten_chain_lacks_our_signature(db: Database, log: Audit) -> None:
    fill(db, Audit("the key of another"))
    assert "signature" in verify(db, KEY).problem


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'eve'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "UPDATE audit_head SET seq = seq - 1",
    ],
)
def test_the_database_refuses_changes(db: Database, log: Audit, statement: str) -> None:
    fill(db, log, 2)
    with pytest.raises(sqlalchemy.exc.DBAPIError), db.transaction() as connection:
        connection.execute(text(statement))
    assert verify(db, KEY).problem == ""


def test_many_write_at_once(db: Database, log: Audit) -> None:
    def work() -> None:
        for _ in range(10):
            log.append(db, "anna", "role", "user:1")

    run_together(work, 5)
    verdict = verify(db, KEY)
    assert (verdict.rows, verdict.problem) == (50, "")


def test_filters_and_pages(db: Database, log: Audit) -> None:
    for number in range(5):
        log.append(db, "anna" if number % 2 else "ben", "role", f"user:{number}")
    log.append(db, "ben", "unlock", "user:9")
    assert [one.target for one in chain.listed(db, Filter(actor="anna"))] == ["user:3", "user:1"]
    assert [one.seq for one in chain.listed(db, Filter(action="unlock"))] == [6]
    first = chain.listed(db, Filter(), most=2)
    assert [one.seq for one in chain.listed(db, Filter(), below=first[-1].seq, most=2)] == [4, 3]
    assert chain.listed(db, Filter(start=first[0].at, target="user:0")) == []
    assert len(list(chain.everything(db, Filter(actor="ben")))) == 4
    log.append(db, "label-events", "label.batch", "labels:7")
    assert [one.seq for one in chain.listed(db, Filter(), most=2)] == [7, 6]
    assert [one.seq for one in chain.listed(db, Filter(without_batches=True), most=2)] == [6, 5]


def test_the_export_holds_no_formula(db: Database, log: Audit) -> None:
    log.append(db, '=HYPERLINK("http://x")', "login", "@user", after={"a": "b,c"}, ip="::ffff:10.0.0.1")
    rows = list(csv.reader(io.StringIO("".join(chain.export(chain.everything(db, Filter()))))))
    assert rows[1][2:5] == ['\'=HYPERLINK("http://x")', "login", "'@user"]
    assert rows[1][6] == '{"a":"b,c"}'


def test_strange_input_is_kept_readable(db: Database, log: Audit) -> None:
    log.append(db, "a\0b", "x", "y" * 900, {"nul": "\0", "big": 2**53}, ip="nobody")
    assert chain.listed(db, Filter())[0].ip is None
    assert verify(db, KEY).problem == ""


def test_nothing_is_audited_without_a_key(db: Database) -> None:
    with pytest.raises(ConfigError):
        Audit("").append(db, "anna", "role", "user:1")


def run_together(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
