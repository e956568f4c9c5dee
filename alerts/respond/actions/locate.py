"""Where the incident of a share is (T8): the slice of raw rows that explains it best, with before and after."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from alerts.respond.action import ActionContext, ActionResult, Artefact, Permanent
from core import codec
from core.alerting.action_runs import Run
from core.clock import to_datetime
from core.config import Frozen
from core.db.engine import at_most
from core.db.queries import query
from core.statuses.slices import rows as made
from core.statuses.slices import search
from core.statuses.slices.search import Side, Slice, Where

KIND = "locate"
MINUTE, HOUR = 60.0, 3600.0
# The columns of the queries after "is it during the incident" and "is it bad"; what is banded is a number.
SHARES = {
    "blocked": ("amount", "model", "event", "type", "network", "partner"),
    "approved": ("amount", "model", "event", "type", "network", "partner"),
    "errors": ("method", "path", "service", "network", "partner"),
}
BANDED = "amount"
LONGEST_MS = 20_000


class Parameters(Frozen, frozen=True):
    """Which `share` moved; the last `minutes` are compared with the `hours` before, of at most `rows` rows each."""

    share: Literal["blocked", "approved", "errors"]
    minutes: Annotated[int, Meta(ge=1, le=1440)] = 10
    hours: Annotated[int, Meta(ge=1, le=168)] = 24
    rows: Annotated[int, Meta(ge=100, le=200_000)] = 50_000


def apply(context: ActionContext, run: Run) -> ActionResult:
    """Look, and keep what was found with the incident; nothing is changed. Raises DatabaseUnavailable."""
    own: Parameters = context.parameters
    since = context.now - own.minutes * MINUTE
    values = {
        "start": to_datetime(since - own.hours * HOUR),
        "since": to_datetime(since),
        "now": to_datetime(context.now),
        "most": own.rows,
        "approved": own.share == "approved",
    }
    name = "requests" if own.share == "errors" else "predictions"
    with at_most(context.connection, LONGEST_MS, Permanent("reading the raw rows takes too long; choose fewer hours")):
        found = context.connection.execute(query(f"locate.{name}"), values).all()
        left_out = 0
        if name == "requests":
            left_out = int(context.connection.execute(query("locate.without_a_row"), values).scalar_one())
    where = located(found, SHARES[own.share], "down" if own.share == "approved" else "up")
    body = codec.encode([_plain(one) for one in where.slices])
    artefact = Artefact(f"where-{own.share}.json", "application/json", body)
    remark = f" ({left_out:,} more requests have no rows: [sampling] of performance.toml)" if left_out else ""
    return ActionResult(told(where, own.minutes, own.hours) + remark, artefacts=(artefact,))


def located(found: Sequence[Any], attributes: Sequence[str], direction: search.Direction) -> Where:
    """The slices that explain how the share of bad rows moved; rows of (during, bad, attributes …). Pure."""
    columns = {}
    for place, name in enumerate(attributes, 2):
        values = [row[place] for row in found]
        columns[name] = made.banded(_numbers(values)) if name == BANDED else made.coded(values)
    rows = made.from_rows(columns, [bool(row[0]) for row in found], [bool(row[1]) for row in found])
    return search.find(rows, direction)


def told(where: Where, minutes: int, hours: int) -> str:
    """The slices in a sentence, with counts: a slice that is always bad moves the whole by growing."""
    if not where.slices:
        return search.NO_SLICE
    return "; ".join(
        f"{one}: {_side(one.during)} in the last {minutes} min, {_side(one.before)} in the {hours} h before, explains "
        f"{one.explains:.0%} of the change"
        for one in where.slices
    )


def _numbers(values: list[float | None]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _side(side: Side) -> str:
    return "none" if side.share is None else f"{side.share:.1%} ({side.bad:,.0f} of {side.total:,.0f})"


def _plain(one: Slice) -> dict[str, Any]:
    return {
        "where": {condition.attribute: condition.value for condition in one.conditions},
        "before": one.before.share,
        "during": one.during.share,
        "bad": one.during.bad,
        "total": one.during.total,
        "explains": one.explains,
    }
