"""The count itself: a lost, a doubled and a foreign row are found, or no fault case would mean anything."""

from core.db.engine import Database
from tests.faults.audit import audit, missing, rollup_errors, rows
from tests.faults.load import Ledger


def insert(db: Database, transaction_id: str) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transactions (timestamp, amount, platform_fee, type, transaction_id)"
            " VALUES (now(), 1, 0, 'purchase', %s)",
            (transaction_id,),
        )


def test_lost_doubled_and_strange_rows_are_found(db: Database) -> None:
    ledger = Ledger()
    ledger.sent["transaction"] = {"t-run-1", "t-run-2", "t-run-3", "t-run-4"}
    ledger.acknowledged["transaction"] = {"t-run-1", "t-run-2", "t-run-3"}
    for name in ("t-run-1", "t-run-2", "t-run-2", "t-run-5", "t-other-1"):
        insert(db, name)
    finding = audit(db, ledger, "run")[0]
    assert (finding.acknowledged, finding.stored) == (3, 4)
    assert finding.lost == ["t-run-3"]
    assert finding.doubled == ["t-run-2"]
    assert finding.strange == ["t-run-5"]
    assert not finding.is_clean
    assert missing(db, ledger, "run") == 1


def test_what_was_stored_without_acknowledgement_is_no_fault(db: Database) -> None:
    ledger = Ledger()
    ledger.sent["transaction"] = {"t-run-1"}
    insert(db, "t-run-1")
    assert all(finding.is_clean for finding in audit(db, ledger, "run"))


def test_rollups_that_disagree_with_rows_are_found(db: Database) -> None:
    insert(db, "t-run-1")
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO rollups (width, slot, transactions) VALUES (10, now(), 2), (60, now(), 1)")
    assert rollup_errors(db) == {"transactions in slots of 10 s": (2, 1)}
    assert rows(db, "SELECT count(*) FROM rollups") == [(2,)]


def test_a_count_that_was_added_twice_is_doubled(db: Database) -> None:
    ledger = Ledger()
    ledger.sent["status"] = ledger.acknowledged["status"] = {"c-run-1", "c-run-2", "c-run-3"}
    with db.raw() as connection, connection.cursor() as cursor:
        for name, count in (("c-run-1", 1), ("c-run-2", 2)):
            cursor.execute("INSERT INTO status_counts VALUES (now(), 's', %s, '', '', %s, now())", (name, count))
    [finding] = audit(db, ledger, "run")
    assert (finding.lost, finding.doubled) == (["c-run-3"], ["c-run-2"])
