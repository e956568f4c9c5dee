"""What drift is judged from: the champion's reference and the counts of its predictions, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.context import ResourceContext
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.errors import BadInput
from core.models import registry
from core.models.registry import ReferenceBins

DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """`counted` has (predictions, counts of all bins one after another) of each of `days` that has any."""

    version: int | None
    reference: list[ReferenceBins]
    days: list[date]
    counted: dict[date, tuple[int, Any]]


def week(context: ResourceContext, window: Window) -> Week:
    """The seven days that end with the window, of the champion's predictions."""
    last = to_datetime(window.end - 0.001).date()
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    version = registry.champion(context.live, context.database)
    try:
        reference = [] if version is None else registry.reference(context.database, version)
    except BadInput:
        reference = []
    rows = context.tuples(query("histograms.days"), version=version or 0, first=days[0], last=last)
    return Week(version, reference, days, {row[0]: (row[1], row[2]) for row in rows})
