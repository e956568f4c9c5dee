"""Counts what PostgreSQL holds against what a client was promised: lost and doubled, row by row and in the roll-ups."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.db.engine import Database
from tests.faults.load import Ledger

WHERE = {
    "transaction": ("transactions", "transaction_id", "t-"),
    "security": ("security_events", "id", "s-"),
    "request": ("api_requests", "user_id", "r-"),
    "prediction": ("fraud_predictions", "transaction_id", "p-"),
    "status": ("(SELECT status FROM status_counts, generate_series(1, count)) counted", "status", "c-"),
}
ROLLUPS = {"transactions": "transactions", "predictions": "fraud_predictions", "requests": "api_requests"}


@dataclass(frozen=True)
class Finding:
    """What is wrong with one kind: acknowledged but absent, present more than once, never sent."""

    kind: str
    acknowledged: int
    stored: int
    lost: list[str]
    doubled: list[str]
    strange: list[str]

    @property
    def is_clean(self) -> bool:
        """True when each promise was kept exactly once."""
        return not (self.lost or self.doubled or self.strange)


def audit(database: Database, ledger: Ledger, run: str) -> list[Finding]:
    """One finding a kind for the load named `run`."""

    def stored(table: str, column: str, prefix: str) -> dict[str, int]:
        found = rows(
            database, f"SELECT {column}, count(*) FROM {table} WHERE {column} LIKE %s GROUP BY 1", f"{prefix}{run}-%"
        )
        return {key: int(count) for key, count in found}

    return findings_of(ledger, stored)


def findings_of(ledger: Ledger, stored: Callable[[str, str, str], dict[str, int]]) -> list[Finding]:
    """One finding a kind; `stored(table, column, prefix)` counts the rows of each key that is there."""
    findings = []
    for kind, (table, column, prefix) in WHERE.items():
        if not ledger.sent[kind]:
            continue
        counts = stored(table, column, prefix)
        promised = ledger.acknowledged[kind]
        findings.append(
            Finding(
                kind=kind,
                acknowledged=len(promised),
                stored=sum(counts.values()),
                lost=sorted(promised - counts.keys()),
                doubled=sorted(key for key, count in counts.items() if count > 1),
                strange=sorted(counts.keys() - ledger.sent[kind]),
            )
        )
    return findings


def missing(database: Database, ledger: Ledger, run: str) -> int:
    """How many acknowledged keys are not in PostgreSQL yet."""
    return sum(len(finding.lost) for finding in audit(database, ledger, run))


def rollup_errors(database: Database) -> dict[str, tuple[int, int]]:
    """Roll-ups that disagree with the rows they count: {counter: (rolled up, rows)} for both widths of slots.

    All counted in one snapshot: our own processes go on asking one another while this counts.
    """
    errors = {}
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for counter, table in ROLLUPS.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found = cursor.fetchone()[0]
            cursor.execute(f"SELECT width, sum({counter}) FROM rollups GROUP BY width")
            for width, rolled in cursor.fetchall():
                if int(rolled) != int(found):
                    errors[f"{counter} in slots of {width} s"] = (int(rolled), int(found))
    return errors


def rows(database: Database, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query, through our own client."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
