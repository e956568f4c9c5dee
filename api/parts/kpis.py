"""The four KPI cards (K1-K4): what the collector publishes each second, or the same arithmetic over the roll-ups.

The cards show the rolling hour whatever the rolling range; the range sets the span of their sparklines. An absolute
range gives the KPIs of that span, scaled to an hour, against the same span one hour earlier.
"""

from math import ceil
from typing import Any, Literal, TypedDict

from api import rollups
from api.context import Context, milliseconds
from api.window import Window
from core import kpis, slots
from core.errors import RedisAway
from core.store import keys, stream

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
        return computed(context, window) | (_waiting(context) if window.live else {})
    drawn = published["sparks"] if window.seconds == HOUR else _sparks_of(context, window)
    config = context.settings.config
    cards = kpis.cards(published["values"], published["previous"], drawn, config.kpis, config.windows, context.now)
    return {**published["values"], "window": published["window"], "cards": cards, "as_of": published["as_of"]}


def computed(context: Context, window: Window) -> dict[str, Any]:
    """The KPIs from PostgreSQL: of the rolling hour, or of an absolute span."""
    width = slots.WIDTH if window.live else rollups.width_for(context, window.start - HOUR, window.end)
    start, end = slots.window(context.now, HOUR) if window.live else _whole_slots(window, width)
    found = rollups.packed(context, start - HOUR, end, width)
    seconds = end - start
    current = kpis.values(rollups.total(found, start, end), seconds)
    previous = kpis.values(rollups.total(found, start - HOUR, end - HOUR), seconds)
    config = context.settings.config
    # An absolute span is judged by its targets at its own end.
    moment = context.now if window.live else end
    cards = kpis.cards(current, previous, _sparks_of(context, window), config.kpis, config.windows, moment)
    return {**current, "window": {"from": milliseconds(start), "to": milliseconds(end)}, "cards": cards}


def _published(context: Context) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = context.live.get_json(keys.KPIS)
    except RedisAway:
        return None
    return found


def _waiting(context: Context) -> dict[str, int]:
    """`as_of` while nothing is published: what waits in the stream has happened and is not counted."""
    try:
        since = stream.waiting_since(context.live)
    except RedisAway:
        return {}
    return {} if since is None else {"as_of": milliseconds(since)}


def _whole_slots(window: Window, width: int) -> tuple[int, int]:
    """The span widened to whole slots of a width."""
    return slots.floor(window.start, width), slots.floor(window.end + width - 0.001, width)


def _sparks_of(context: Context, window: Window) -> dict[str, list[dict[str, Any]]]:
    """The sparklines of a window; a rolling one begins with its first whole slot."""
    width = rollups.width_for(context, window.start, window.end)
    start, end = _whole_slots(window, width)
    if window.live:
        start, end = (start if start >= window.start else start + width), int(window.end)
    return sparks(rollups.packed(context, start, end, width), start, end, width)


def sparks(found: list[tuple[float, bytes]], start: int, end: int, width: int) -> dict[str, list[dict[str, Any]]]:
    """At most sixty points a KPI over [start, end), each the KPI of its own share of the span, scaled to an hour; pure.

    A share holds a whole number of slots, or neighbours with the same traffic would differ by a slot.
    """
    step = width * ceil((end - start) / POINTS / width)
    times = range(start, end, step)
    bins: list[list[bytes]] = [[] for _ in times]
    for at, data in found:
        bins[int(at - start) // step].append(data)
    nothing: dict[str, float | None] = dict.fromkeys(kpis.KPIS)
    points = [
        kpis.values(slots.total(data), min(step, end - at)) if data else nothing
        for at, data in zip(times, bins, strict=True)
    ]
    return {
        key: [{"t": milliseconds(at), "v": point[key]} for at, point in zip(times, points, strict=True)]
        for key in kpis.KPIS
    }
