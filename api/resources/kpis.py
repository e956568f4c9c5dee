"""The four KPI cards (K1-K4): what the collector publishes each second, or the same arithmetic over the roll-ups.

The cards show the rolling hour whatever the rolling range; the range sets the span of their sparklines. An absolute
range gives the KPIs of that span, scaled to an hour, against the same span one hour earlier.
"""

from math import ceil
from typing import Any

from api import rollups
from api.context import Dated, ResourceContext, milliseconds
from api.window import Window
from core.db import keys
from core.errors import RedisUnavailable
from core.events import time_buckets
from core.monitoring.kpis import KpiCard, KpiPoint, Kpis, KpiTarget, KpiWindow
from core.pipeline import stream
from core.transactions import kpis

NAME = "kpis"
REFRESH = 5.0
POINTS = 60
HOUR = 3600


def read(context: ResourceContext, window: Window) -> Dated[Kpis]:
    """The published KPIs for a rolling range, computed ones otherwise and while nothing is, or can be, published."""
    published = _published(context) if window.live and not context.live.refusal else None
    if published is None:
        return Dated(computed(context, window), _waiting(context) if window.live else None)
    drawn = published["sparks"] if window.seconds == HOUR else _sparks_of(context, window)
    span = published["window"]
    found = _kpis(context, (span["from"], span["to"]), published["values"], published["previous"], drawn, context.now)
    return Dated(found, published["as_of"])


def computed(context: ResourceContext, window: Window) -> Kpis:
    """The KPIs from PostgreSQL: of the rolling hour, or of an absolute span."""
    width = time_buckets.WIDTH if window.live else rollups.width_for(context, window.start - HOUR, window.end)
    start, end = time_buckets.window(context.now, HOUR) if window.live else _whole_slots(window, width)
    found = rollups.packed(context, start - HOUR, end, width)
    seconds = end - start
    current = kpis.values(rollups.total(found, start, end), seconds)
    previous = kpis.values(rollups.total(found, start - HOUR, end - HOUR), seconds)
    # An absolute span is judged by its targets at its own end.
    moment = context.now if window.live else end
    span = (milliseconds(start), milliseconds(end))
    return _kpis(context, span, current, previous, _sparks_of(context, window), moment)


def _kpis(
    context: ResourceContext,
    span: tuple[int, int],
    current: Any,
    previous: Any,
    drawn: dict[str, list[Any]],
    moment: float,
) -> Kpis:
    """Values and cards; `span` in ms. The values' keys are `core.transactions.kpis.KPIS`."""
    config = context.settings.config
    cards = kpis.cards(current, previous, drawn, config.kpis, config.windows, moment)
    return Kpis(
        **{key: current[key] for key in kpis.KPIS},
        window=KpiWindow(start=span[0], end=span[1]),
        cards=[_card(**card) for card in cards],
    )


def _card(target: dict[str, Any], spark: list[dict[str, Any]], **rest: Any) -> KpiCard:
    return KpiCard(target=KpiTarget(**target), spark=[KpiPoint(**point) for point in spark], **rest)


def _published(context: ResourceContext) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = context.live.get_json(keys.KPIS)
    except RedisUnavailable:
        return None
    return found


def _waiting(context: ResourceContext) -> float | None:
    """Until when (ms) all is counted while nothing is published: what waits in the stream has happened and is not."""
    try:
        since = stream.waiting_since(context.live)
    except RedisUnavailable:
        return None
    return None if since is None else milliseconds(since)


def _whole_slots(window: Window, width: int) -> tuple[int, int]:
    """The span widened to whole slots of a width."""
    return time_buckets.floor(window.start, width), time_buckets.floor(window.end + width - 0.001, width)


def _sparks_of(context: ResourceContext, window: Window) -> dict[str, list[dict[str, Any]]]:
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
        kpis.values(time_buckets.total(data), min(step, end - at)) if data else nothing
        for at, data in zip(times, bins, strict=True)
    ]
    return {
        key: [{"t": milliseconds(at), "v": point[key]} for at, point in zip(times, points, strict=True)]
        for key in kpis.KPIS
    }
