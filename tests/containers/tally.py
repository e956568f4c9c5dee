"""Counts in the containers' PostgreSQL what a client was promised, as tests/faults/audit.py does on one machine."""

import time

from tests.containers.compose import Compose
from tests.faults.audit import Finding, findings_of
from tests.faults.load import Ledger

MANY = {
    "transaction": "transactions", "security": "security events", "request": "requests", "prediction": "predictions",
}  # fmt: skip


def settled(compose: Compose, ledger: Ledger, run: str, seconds: float) -> str:
    """Returns what was acknowledged, in words, once all of it is stored; AssertionError names what is not."""
    deadline = time.monotonic() + seconds
    found = count(compose, ledger, run)
    while any(finding.lost for finding in found) and time.monotonic() < deadline:
        time.sleep(1.0)
        found = count(compose, ledger, run)
    assert all(finding.acknowledged for finding in found), "nothing was acknowledged"
    assert all(finding.is_clean for finding in found), [finding for finding in found if not finding.is_clean]
    return ", ".join(f"{finding.acknowledged} {MANY[finding.kind]}" for finding in found)


def count(compose: Compose, ledger: Ledger, run: str) -> list[Finding]:
    """One finding a kind for the load named `run`."""

    def stored(table: str, column: str, prefix: str) -> dict[str, int]:
        pattern = f"{prefix}{run}-%"
        said = compose.sql(f"SELECT {column}, count(*) FROM {table} WHERE {column} LIKE '{pattern}' GROUP BY 1")
        return {key: int(number) for key, number in (line.split("|") for line in said.splitlines())}

    return findings_of(ledger, stored)
