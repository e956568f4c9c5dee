"""The labelled history that the threshold simulator counts, and the proposals that come of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from core import clock, codec
from core.errors import BadInput
from core.policy import Policy
from core.store import policies
from core.store.audit import Audit
from core.store.db import Database
from core.store.queries import query
from core.thresholds import BUCKETS, Curve, Labelled, Outcome, Thresholds, Total, cells, curve, held_out

TIMEOUT_MS = 30_000
_CANCELLED = "57014"


class History(Struct, frozen=True):
    """A span as the simulator sees it. `without_amount` predictions have no money to count; `held_out` labelled ones
    stand for what was blocked.
    """

    curve: Curve
    total: int
    labelled: int
    blocked: int
    blocked_unknown: int
    held_out: int
    without_amount: int
    versions: list[int]
    first: datetime | None
    last: datetime | None


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


def history(database: Database, start: datetime, end: datetime) -> History:
    """Count a span. Raises BadInput when it is too much to count, DatabaseAway."""
    span = {"start": start, "end": end}
    with database.transaction() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
        connection.exec_driver_sql("SET LOCAL jit = off")
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
        try:
            everything = connection.execute(query("thresholds.everything"), {**span, "buckets": BUCKETS}).all()
            found = connection.execute(query("thresholds.labelled"), {**span, "buckets": BUCKETS}).all()
            extent = connection.execute(query("thresholds.extent"), span).one()
        except OperationalError as error:
            if getattr(error.orig, "pgcode", "") == _CANCELLED:
                raise BadInput("span", "this span is too much to count; choose a shorter one") from None
            raise
    hours = (extent.last - extent.first).total_seconds() / 3600 if extent.first else 0.0
    labelled = [Labelled(*row) for row in found]
    blocked = sum(row.blocked for row in everything)
    return History(
        curve=curve(cells(labelled, _totals(everything)), hours),
        total=sum(row.n for row in everything),
        labelled=sum(one.n for one in labelled),
        blocked=blocked,
        blocked_unknown=blocked - sum(one.n for one in labelled if one.blocked),
        held_out=held_out(labelled),
        without_amount=sum(row.without_amount for row in everything),
        versions=sorted({row.version for row in everything if row.version is not None}),
        first=extent.first,
        last=extent.last,
    )


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
    shown: Outcome,
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
