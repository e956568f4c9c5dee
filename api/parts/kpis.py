"""The four KPI cards (K1-K4): what the collector publishes each second, or the same arithmetic over the roll-ups.

The cards show the rolling hour whatever the rolling range; the range sets the span of their sparklines. An absolute
range gives the KPIs of that span, scaled to an hour, against the same span one hour earlier.
"""

from typing import Any, Literal, TypedDict

from api import rollups
from api.context import Context, milliseconds
from api.window import Window
from core import kpis, slots
from core.errors import RedisAway
from core.store import keys

NAME = "kpis"
REFRESH = 5.0
POINTS = 60
HOUR = 3600

Span = TypedDict("Span", {"from": int, "to": int})


class Target(TypedDict):
    """What the KPI should be."""

    value: float
    op: Literal["<", ">="]
    text: str


class Point(TypedDict):
    """One point of a sparkline."""

    t: int
    v: float | None


class Card(TypedDict):
    """One KPI card; `delta` is against one hour ago, `better` the direction that is good."""

    id: str
    key: str
    title: str
    value: float | None
    unit: str
    previous: float | None
    delta: float | None
    delta_percent: float | None
    direction: Literal["up", "down", "flat"]
    better: Literal["up", "down"]
    target: Target
    status: Literal["ok", "warning", "alert", "none"]
    reason: str
    spark: list[Point]


class Data(TypedDict):
    """KPIs as numbers (per hour, percent, ms, USD per hour) and as cards."""

    transactions_per_hour: int | None
    fraud_rate: float | None
    api_latency_p95: float | None
    revenue_per_hour: float | None
    window: Span
    cards: list[Card]


def read(context: Context, window: Window) -> dict[str, Any]:
    """The published KPIs for a rolling range, computed ones otherwise and while nothing is published.

    `as_of` (ms) is how far the collector had come; the snapshot takes it out and shows it for the whole.
    """
    published = _published(context) if window.live else None
    if published is None:
        return computed(context, window)
    sparks = published["sparks"]
    if window.seconds != HOUR:
        sparks = _sparks(rollups.packed(context, window.start, window.end), window)
    config = context.settings.config
    cards = kpis.cards(published["values"], published["previous"], sparks, config.kpis, config.windows, context.now)
    return {**published["values"], "window": published["window"], "cards": cards, "as_of": published["as_of"]}


def computed(context: Context, window: Window) -> dict[str, Any]:
    """The KPIs from PostgreSQL: of the rolling hour, or of an absolute span."""
    start, end = slots.window(context.now, HOUR) if window.live else _whole_slots(context, window)
    found = rollups.packed(context, start - HOUR, end)
    seconds = end - start
    current = kpis.values(rollups.total(found, start, end), seconds)
    previous = kpis.values(rollups.total(found, start - HOUR, end - HOUR), seconds)
    drawn = found if window.live and window.seconds == HOUR else rollups.packed(context, window.start, window.end)
    config = context.settings.config
    # An absolute span is judged by its targets at its own end.
    moment = context.now if window.live else end
    cards = kpis.cards(current, previous, _sparks(drawn, window), config.kpis, config.windows, moment)
    return {**current, "window": {"from": milliseconds(start), "to": milliseconds(end)}, "cards": cards}


def _published(context: Context) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = context.live.get_json(keys.KPIS)
    except RedisAway:
        return None
    return found


def _whole_slots(context: Context, window: Window) -> tuple[int, int]:
    """The span widened to whole slots of the width that is kept for it."""
    width = rollups.width_for(context, window.start - HOUR, window.end)
    return slots.floor(window.start, width), slots.floor(window.end + width - 0.001, width)


def _sparks(found: list[tuple[float, bytes]], window: Window) -> dict[str, list[dict[str, Any]]]:
    """Sixty points a KPI; each is the KPI of its own sixtieth of the span, scaled to an hour."""
    step = window.seconds / POINTS
    bins: list[list[bytes]] = [[] for _ in range(POINTS)]
    for at, data in found:
        index = int((at - window.start) // step)
        if 0 <= index < POINTS:
            bins[index].append(data)
    nothing: dict[str, float | None] = dict.fromkeys(kpis.KPIS)
    points = [kpis.values(slots.total(data), step) if data else nothing for data in bins]
    times = [milliseconds(window.start + step * index) for index in range(POINTS)]
    return {key: [{"t": t, "v": point[key]} for t, point in zip(times, points, strict=True)] for key in kpis.KPIS}
