"""Proves the audit log whole; `python -m core.audit.check` names the first row that is not right.

Needs DATABASE_URL and GATEHOUSE_SECRET_KEY. Exit code 0: the log is whole; 1: it is not; 2: it cannot be read. The log
is read as of one instant and without holding anybody up; `--since-verified` reads only what came after the last proof.
What is found is recorded in the log as `audit.break`, once, so that it stays known when the tables are mended.
"""

import hmac
import sys
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from core import settings
from core.audit import chain
from core.audit.anchor import Anchor, Claim
from core.audit.chain import SYSTEM, Audit
from core.audit.head import explains, gone, head_fault, row_fault
from core.audit.keys import Keyring
from core.audit.rows import GENESIS, Entry, entry
from core.clock import to_datetime
from core.db.engine import Connection, Database
from core.db.queries import query
from core.errors import GatehouseError

PAGE = 1000
MOST = 100  # problems that are told apart


@dataclass(frozen=True)
class Problem:
    """What is not right, and from which row on."""

    seq: int
    sentence: str


@dataclass(frozen=True)
class AuditCheck:
    """`problem` is empty when the log is whole, else the first of `problems`; `seq` is the first row at fault; `rows`
    is the newest row's number; `known` problems were acknowledged by a person."""

    rows: int
    head: str
    seq: int | None = None
    problem: str = ""
    problems: tuple[Problem, ...] = ()
    known: tuple[Problem, ...] = ()
    anchored: bool = False
    recorded: frozenset[str] = field(default_factory=frozenset)

    def sentence(self) -> str:
        """What is said to a person."""
        more = f"; and {len(self.problems) - 1} more" if len(self.problems) > 1 else ""
        if self.problem:
            return f"audit: row {self.seq}: {self.problem}{more}"
        known = f", {len(self.known)} acknowledged breaks" if self.known else ""
        anchored = "anchored" if self.anchored else "no anchor here yet"
        return f"audit: {self.rows} rows, unbroken{known}, head {self.head[:16] or 'none'}, {anchored}"


def verify(
    database: Database, keys: str | Keyring, anchor: Anchor | None = None, since: Claim | None = None
) -> AuditCheck:
    """Walk the chain from its first row, or from one that was proved, to the signed head. Raises
    DatabaseUnavailable.
    """
    keys = keys if isinstance(keys, Keyring) else Keyring(keys)
    claim = anchor.newest() if anchor else None  # before the snapshot: what is claimed was committed
    with database.transaction() as connection:
        connection.execute(query("audit.snapshot"))
        own = [entry(row) for row in connection.execute(query("audit.own"), {"since": to_datetime(0)})]
        walk = _Walk(keys, since)
        walk.read(connection)
        head = connection.execute(query("audit.head")).one_or_none()
        if not walk.cut_short and not any(one.seq == walk.seq for one in walk.problems):
            walk.add(_head_seq(head, walk.seq), head_fault(walk.newest, head, keys))
        if claim is not None:
            walk.add(min(claim.seq, walk.seq + 1), _unanchored(connection, claim, own, walk.seq, keys))
        if anchor is not None:
            walk.add(walk.seq, anchor.problem())
    return _verdict(walk, own, keys, claim is not None)


def check(database: Database, log: Audit, full: bool) -> AuditCheck:
    """Prove it, record what is newly found, and note how far it is proved. Raises DatabaseUnavailable."""
    since = log.anchor.verified() if log.anchor and not full else None
    verdict = verify(database, log.keys, log.anchor, since)
    if since is not None and verdict.problem:
        verdict = verify(database, log.keys, log.anchor)
    for found in verdict.problems:
        if found.sentence not in verdict.recorded and log.signs:
            log.append(database, SYSTEM, "audit.break", "log", None, {"problem": found.sentence, "row": found.seq})
    if log.anchor is not None and not verdict.problem and verdict.rows and log.signs:
        digest = bytes.fromhex(verdict.head)
        claim = log.anchor.newest()
        if claim is None or claim.seq < verdict.rows:
            log.anchor.claim(verdict.rows, digest)
        log.anchor.set_verified(verdict.rows, digest)
    return verdict


def note(database: Database, place: str, verdict: AuditCheck, now: float, full: bool) -> None:
    """Keep what a check found, for the rule and the page."""
    at = to_datetime(now)
    values = {"place": place, "at": at, "full_at": at if full else None, "newest": verdict.rows}
    found = {"problems": len(verdict.problems), "detail": verdict.sentence()[:1000]}
    with database.transaction() as connection:
        connection.execute(query("audit.put_check"), values | found)


def acknowledge(database: Database, log: Audit, row: int, actor: str, reason: str) -> None:
    """A person has looked at a recorded break: it stays in the log, and alerts no more. Raises DatabaseUnavailable."""
    log.append(database, actor, "audit.acknowledge", f"row:{row}", None, {"break": row, "reason": reason[:300]})


class _Walk:
    """The chain, row by row; it goes on behind a fault, so that all of them are found."""

    def __init__(self, keys: Keyring, since: Claim | None) -> None:
        self._keys, self._since = keys, since
        self.seq, self._previous = (since.seq, since.hash) if since else (0, GENESIS)
        self.newest: Entry | None = None
        self.problems: list[Problem] = []
        self.cut_short = False

    def add(self, seq: int, sentence: str) -> None:
        """One problem, once."""
        if sentence and sentence not in {one.sentence for one in self.problems}:
            self.problems.append(Problem(seq, sentence))

    def read(self, connection: Connection) -> None:
        """All rows of the snapshot behind the start."""
        if self._since is not None:
            row = connection.execute(query("audit.row"), {"seq": self._since.seq}).one_or_none()
            self.newest = entry(row) if row else None
            if self.newest is None or not hmac.compare_digest(self.newest.hash, self._since.hash):
                self.add(self._since.seq, f"replaced: row {self._since.seq} is not the one that was proved")
                self.cut_short = True
                return
        streamed = connection.execution_options(yield_per=PAGE)
        rows = streamed.execute(query("audit.all"), {"after": self.seq})
        for row in rows:
            self._step(entry(row))
            if len(self.problems) >= MOST:
                rows.close()
                self.cut_short = True
                return

    def _step(self, found: Entry) -> None:
        fault = row_fault(found, self._keys)
        signed = found.mac is not None and not fault
        tells = signed and found.action in ("audit.break", "audit.restore")
        if found.seq > self.seq + 1 and not tells:
            self.add(self.seq + 1, f"removed: row {found.seq} stands where row {self.seq + 1} should")
        elif not hmac.compare_digest(found.previous, self._previous):
            self.add(found.seq, f"reordered or replaced: row {found.seq} does not follow the row before it")
        self.add(found.seq, fault)
        self.seq, self._previous, self.newest = found.seq, found.hash, found


def _head_seq(head: object, seq: int) -> int:
    known = getattr(head, "seq", None)
    return seq + 1 if known is None or known > seq else known


def _unanchored(connection: Connection, claim: Claim, own: list[Entry], newest: int, keys: Keyring) -> str:
    """Why the anchor's newest claim does not hold; empty when it does, or a signed row explains it."""
    found = connection.execute(query("audit.hash_at"), {"seq": claim.seq}).scalar()
    if found is not None and hmac.compare_digest(bytes(found), claim.hash):
        return ""
    since: datetime = to_datetime(claim.at)
    return "" if any(explains(one, since, keys) for one in own) else gone(claim, newest)


def _verdict(walk: _Walk, own: list[Entry], keys: Keyring, anchored: bool) -> AuditCheck:
    """What was found now and what is on record, less what a person acknowledged."""
    signed = [one for one in own if one.mac is not None and not row_fault(one, keys)]
    breaks = {one.seq: str(_said(one).get("problem", "a break")) for one in signed if one.action == "audit.break"}
    looked = {one.target.removeprefix("row:") for one in signed if one.action == "audit.acknowledge"}
    known = {sentence for seq, sentence in breaks.items() if str(seq) in looked}
    for seq, sentence in breaks.items():
        if str(seq) not in looked and sentence not in known:
            walk.add(seq, sentence)
    found = sorted(walk.problems, key=lambda one: one.seq)
    left = tuple(one for one in found if one.sentence not in known)
    first = left[0] if left else None
    return AuditCheck(
        walk.seq,
        walk.newest.hash.hex() if walk.newest else "",
        first.seq if first else None,
        first.sentence if first else "",
        left,
        tuple(Problem(seq, sentence) for seq, sentence in breaks.items() if sentence in known),
        anchored,
        frozenset(breaks.values()),
    )


def _said(found: Entry) -> dict[str, object]:
    value = orjson.loads(found.after) if found.after else {}
    return value if isinstance(value, dict) else {}


def main() -> int:
    """Command line."""
    try:
        known = settings.load()
        known.require("database_url", "secret_key")
        full = "--since-verified" not in sys.argv[1:]
        verdict = check(Database(known.database_url), chain.Audit.of(known), full)
    except GatehouseError as error:
        print(f"audit: {error}", file=sys.stderr)
        return 2
    print(verdict.sentence(), file=sys.stderr if verdict.problem else sys.stdout)
    return 1 if verdict.problem else 0


if __name__ == "__main__":
    sys.exit(main())
