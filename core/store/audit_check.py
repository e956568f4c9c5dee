"""Proves the audit log whole; `python -m core.store.audit_check` names the first row that is not right.

Needs DATABASE_URL and GATEHOUSE_SECRET_KEY. Exit code 0: the log is whole; 1: it is not; 2: it cannot be read.
What no look at the database alone can find is a database put back whole, signed head included, to what it was before:
compare the row count with what an earlier run printed, or with the events that a sink holds.
"""

import hmac
import sys
from dataclasses import dataclass

from core import settings
from core.errors import GatehouseError
from core.store import audit
from core.store.db import Database
from core.store.queries import query

PAGE = 1000


@dataclass(frozen=True)
class Verdict:
    """`problem` is empty when the log is whole; `seq` is the first row at fault; `rows` were looked at."""

    rows: int
    head: str
    seq: int | None = None
    problem: str = ""

    def sentence(self) -> str:
        """What is said to a person."""
        if self.problem:
            return f"audit: row {self.seq}: {self.problem}"
        return f"audit: {self.rows} rows, unbroken, head {self.head[:16] or 'none'}"


def verify(database: Database, secret_key: str) -> Verdict:
    """Walk the chain from its first row to the signed head. Raises DatabaseAway."""
    seq, previous = 0, audit.GENESIS
    with database.transaction() as connection:
        # Nothing is appended between the last row read and the head.
        connection.execute(query("audit.lock"))
        rows = connection.execution_options(yield_per=PAGE).execute(query("audit.all"))
        for row in rows:
            found = audit.entry(row)
            if problem := _problem(found, seq, previous):
                rows.close()
                return Verdict(seq, previous.hex(), seq + 1, problem)
            seq, previous = found.seq, found.hash
        head = connection.execute(query("audit.head")).one_or_none()
    if head is None:
        return Verdict(seq, previous.hex(), seq + 1, "the signed head is missing") if seq else Verdict(0, "")
    signed = audit.signature(audit.signing_key(secret_key), head.seq, bytes(head.hash))
    if not hmac.compare_digest(signed, bytes(head.signature)):
        return Verdict(seq, previous.hex(), head.seq, "the signature of the head is not ours")
    if head.seq > seq:
        return Verdict(seq, previous.hex(), seq + 1, f"removed: rows {seq + 1} to {head.seq} are cut off at the end")
    if head.seq < seq or not hmac.compare_digest(bytes(head.hash), previous):
        return Verdict(
            seq, previous.hex(), head.seq, "the signed head is not the last row: rows were put in or replaced"
        )
    return Verdict(seq, previous.hex())


def _problem(found: audit.Entry, seq: int, previous: bytes) -> str:
    if found.seq > seq + 1:
        return f"removed: row {found.seq} stands where row {seq + 1} should"
    fields = {name: value for name, value in found.__dict__.items() if name != "hash"}
    if hmac.compare_digest(found.previous, previous):
        whole = hmac.compare_digest(audit.digest_of(**fields), found.hash)
        return "" if whole else f"altered: row {found.seq} does not give its hash"
    return f"reordered or replaced: row {found.seq} does not follow the row before it"


def main() -> int:
    """Command line."""
    try:
        known = settings.load()
        known.require("database_url", "secret_key")
        verdict = verify(Database(known.database_url), known.secret_key)
    except GatehouseError as error:
        print(f"audit: {error}", file=sys.stderr)
        return 2
    print(verdict.sentence(), file=sys.stderr if verdict.problem else sys.stdout)
    return 1 if verdict.problem else 0


if __name__ == "__main__":
    sys.exit(main())
