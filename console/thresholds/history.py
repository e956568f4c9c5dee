"""The labelled history that the threshold simulator counts, and the proposals that come of it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from console.thresholds.coverage import Coverage, Day, Way, coverage, way
from core import clock, codec
from core.audit.chain import Audit
from core.config import HoldoutConfig
from core.db.engine import Connection, Database, at_most
from core.db.queries import query
from core.errors import BadInput
from core.policy import Policy
from core.transactions import policies
from core.transactions.thresholds import (
    BUCKETS,
    Curve,
    Labelled,
    ThresholdEffect,
    Thresholds,
    Total,
    cells,
    curve,
    held_out,
)

TIMEOUT_MS = 30_000


class History(Struct, frozen=True):
    """A span as the simulator sees it; counted are the days that the hold-out covers where `way` is `weighted`.

    `without_amount` predictions have no money to count; `held_out` ones of the hold-out have a label, on
    covered days only where `coverage` is asked for, which is where enough of them have one.
    """

    curve: Curve
    way: Way
    coverage: Coverage | None
    total: int
    labelled: int
    blocked: int
    blocked_unknown: int
    held_out: int
    without_amount: int
    versions: list[int]
    first: datetime | None
    last: datetime | None


class _Used(NamedTuple):
    """How a hold-out is used: `known` of it have a label; where it is `weighted`, `labelled` of `days` (None: all)."""

    way: Way
    known: int
    coverage: Coverage | None
    labelled: list[Labelled]
    days: list[datetime] | None


class Proposal(Struct, frozen=True):
    """Thresholds that somebody proposed; `basis` is what the simulator showed; `state` open, adopted or discarded."""

    id: int
    created_at: datetime
    created_by: str
    fraud_threshold: float
    review_from: float
    block_from: float
    note: str
    basis: dict[str, Any]
    state: str
    decided_at: datetime | None
    decided_by: str | None
    policy_version: int | None


def history(database: Database, start: datetime, end: datetime, rules: HoldoutConfig) -> History:
    """Count a span. Raises BadInput when it is too much to count, DatabaseUnavailable."""
    span: dict[str, Any] = {"start": start, "end": end, "buckets": BUCKETS, "days": None}
    too_much = BadInput("span", "this range has too many predictions to count; choose a shorter one")
    with database.transaction() as connection, at_most(connection, TIMEOUT_MS, too_much):
        connection.exec_driver_sql("SET LOCAL jit = off")
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        extent = connection.execute(query("thresholds.extent"), {"start": start, "end": end}).one()
        labelled = _labelled(connection, span)
        used = _used(connection, span, extent, labelled, rules)
        if used.way == "weighted":
            labelled, span = used.labelled, {**span, "days": used.days}
        everything = connection.execute(query("thresholds.everything"), span).all()
    factors = used.coverage.factors if used.coverage and used.way == "weighted" else None
    blocked = sum(row.blocked for row in everything)
    return History(
        curve=curve(cells(labelled, _totals(everything), factors), _hours(extent.first, extent.last, span["days"])),
        way=used.way,
        coverage=used.coverage,
        total=sum(row.n for row in everything),
        labelled=sum(one.n for one in labelled),
        blocked=blocked,
        blocked_unknown=blocked - sum(one.n for one in labelled if one.blocked),
        held_out=used.known,
        without_amount=sum(row.without_amount for row in everything),
        versions=sorted({row.version for row in everything if row.version is not None}),
        first=extent.first,
        last=extent.last,
    )


def _days(connection: Connection, first: datetime | None, last: datetime | None) -> list[Day]:
    """Every day of what is stored, those that blocked nothing too."""
    if first is None or last is None:
        return []
    span = {"start": first, "end": last + timedelta(microseconds=1)}
    found = {row.start: Day(*row) for row in connection.execute(query("thresholds.days"), span)}
    start = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    return [found.get(day, Day(day, 0)) for day in days]


def _labelled(connection: Connection, span: Mapping[str, Any]) -> list[Labelled]:
    return [Labelled(*row) for row in connection.execute(query("thresholds.labelled"), span)]


def _used(
    connection: Connection, span: Mapping[str, Any], extent: Any, labelled: list[Labelled], rules: HoldoutConfig
) -> _Used:
    """How to use the hold-out. What days blocked is asked only where enough of it has a label."""
    known = held_out(labelled)
    if known < rules.least_labelled:
        return _Used("few" if known else "none", known, None, labelled, None)
    found = coverage(_days(connection, extent.first, extent.last), rules)
    days = None if len(found.factors) == found.days else list(found.factors)
    if days is not None and way(found, known, rules) == "weighted":
        labelled = _labelled(connection, {**span, "days": days})
        known = held_out(labelled)
    return _Used(way(found, known, rules), known, found, labelled, days)


def _hours(first: datetime | None, last: datetime | None, days: list[datetime] | None) -> float:
    """The length of what was counted."""
    if first is None or last is None:
        return 0.0
    if days is None:
        return (last - first).total_seconds() / 3600
    parts = (min(last, day + timedelta(days=1)) - max(first, day) for day in days)
    return sum(part.total_seconds() for part in parts) / 3600


def _totals(rows: Iterable[Any]) -> list[Total]:
    """Everything by bucket, whichever model scored it."""
    sums: dict[int, tuple[int, float]] = {}
    for row in rows:
        n, money = sums.get(row.bucket, (0, 0.0))
        sums[row.bucket] = (n + row.n, money + row.money)
    return [Total(bucket, n, money) for bucket, (n, money) in sums.items()]


def proposals(connection: Connection) -> list[Proposal]:
    """Proposals, the open ones first."""
    return [Proposal(**row) for row in connection.execute(query("thresholds.proposals")).mappings()]


def propose(
    connection: Connection,
    audit: Audit,
    chosen: Thresholds,
    shown: ThresholdEffect,
    span: str,
    note: str,
    actor: str,
    **how: Any,
) -> int:
    """Keep a proposal with what the simulator showed; its number. `how`: ip, correlation_id for the audit log."""
    basis = {"span": span, "outcome": msgspec.to_builtins(shown)}
    values = {**msgspec.structs.asdict(chosen), "actor": actor, "note": note, "basis": codec.encode(basis).decode()}
    number = int(connection.execute(query("thresholds.propose"), values).scalar_one())
    after = {**msgspec.structs.asdict(chosen), "note": note, "span": span}
    audit.append(connection, actor, "proposal.make", f"proposal:{number}", None, after, **how)
    return number


def adopt(connection: Connection, audit: Audit, number: int, actor: str, **how: Any) -> Policy | None:
    """Put a proposal in force; None when it is not open any more. Call `policies.mirror` after the commit."""
    found = connection.execute(query("thresholds.open_proposal"), {"id": number}).one_or_none()
    if found is None:
        return None
    chosen = Thresholds(found.fraud_threshold, found.review_from, found.block_from)
    policy = policies.put_thresholds(connection, audit, chosen, actor, **how)
    _decide(connection, audit, number, "adopted", actor, policy.version, **how)
    return policy


def discard(connection: Connection, audit: Audit, number: int, actor: str, **how: Any) -> bool:
    """Put a proposal away; False when it is not open any more."""
    if connection.execute(query("thresholds.open_proposal"), {"id": number}).one_or_none() is None:
        return False
    _decide(connection, audit, number, "discarded", actor, None, **how)
    return True


def _decide(
    connection: Connection, audit: Audit, number: int, state: str, actor: str, version: int | None, **how: Any
) -> None:
    values = {"id": number, "state": state, "now": clock.to_datetime(clock.now()), "actor": actor, "version": version}
    connection.execute(query("thresholds.decide"), values)
    after = {"state": state, "policy_version": version}
    audit.append(connection, actor, f"proposal.{state}", f"proposal:{number}", {"state": "open"}, after, **how)
