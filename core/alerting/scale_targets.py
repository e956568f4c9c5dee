"""How many replicas of a service are wanted, and how many run: the wish of an action, the report of who runs them."""

from datetime import datetime

from msgspec import Struct

from core.alerting.action_runs import Run
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


class ScaleTarget(Struct, frozen=True):
    """A row of `scale_targets`; `actual` None: nobody has reported yet."""

    service: str
    wanted: int
    baseline: int
    actual: int | None
    changed_at: datetime
    reported_at: datetime | None


def one(connection: Connection, service: str) -> ScaleTarget | None:
    """What is wanted of a service."""
    row = connection.execute(query("scale_targets.get"), {"service": service}).mappings().first()
    return None if row is None else ScaleTarget(**row)


def listed(connection: Connection) -> list[ScaleTarget]:
    """What is wanted of every service."""
    return [ScaleTarget(**row) for row in connection.execute(query("scale_targets.listed")).mappings()]


def want(connection: Connection, service: str, wanted: int, baseline: int, now: float, run: Run | None = None) -> bool:
    """So many replicas are wanted; False when that is the wish of a run that another worker has by now."""
    values = {"service": service, "wanted": wanted, "baseline": baseline, "at": to_datetime(now)}
    values |= {"run": run and run.id, "claim": run and run.claim}
    return bool(connection.execute(query("scale_targets.want"), values).rowcount)


def report(connection: Connection, service: str, actual: int, now: float) -> None:
    """So many replicas run now, says who runs them."""
    values = {"service": service, "actual": actual, "at": to_datetime(now)}
    connection.execute(query("scale_targets.report"), values)
