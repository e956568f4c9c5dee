"""Endpoints that became slower or faster most, by p95 against the week before."""

from alerts.digest.model import Line
from alerts.digest.week import Endpoint, Week
from alerts.digest.wording import change, count, times, tone
from core.db.engine import Connection

ORDER = 20
TITLE = "Slower and faster endpoints"
LEAST_HITS = 100  # in each week, so that a p95 says something
LEAST_SECONDS = 0.005  # by which it has to change
LEAST_RATIO = 1.2
EACH = 5


def lines(connection: Connection, week: Week) -> list[Line]:
    """At most five that became slower, then five that became faster, those that changed most first."""
    changed = sorted(filter(_has_changed, week.endpoints), key=_ratio)
    slower = [one for one in changed if _ratio(one) > 1][::-1][:EACH]
    faster = [one for one in changed if _ratio(one) < 1][:EACH]
    return [_line(one) for one in (*slower, *faster)]


def _ratio(one: Endpoint) -> float:
    now, before = one.weeks[:2]
    return (now.p95 or 0.0) / (before.p95 or 1.0)


def _has_changed(one: Endpoint) -> bool:
    now, before = one.weeks[:2]
    if min(now.hits, before.hits) < LEAST_HITS or not now.p95 or not before.p95:
        return False
    ratio = _ratio(one)
    return abs(now.p95 - before.p95) >= LEAST_SECONDS and not 1 / LEAST_RATIO < ratio < LEAST_RATIO


def _line(one: Endpoint) -> Line:
    now, before = one.weeks[:2]
    text = f"p95 {times(before.p95)} → {times(now.p95)} ({change(now.p95, before.p95)}), {count(now.hits)} requests"
    return Line(one.name, text, tone(now.p95, before.p95))
