"""API requests per minute and the busiest addresses (R1, R2), our own and the platform's services together."""

from math import ceil
from typing import Any, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core import slots
from core.clock import to_datetime
from core.store.queries import query

NAME = "traffic"
REFRESH = 5.0
BUSIEST = 5
BUSIEST_SECONDS = 300
MOST_POINTS = 1500


class Minute(TypedDict):
    """Requests and server errors a minute, from `t` (ms)."""

    t: int
    n: float
    errors: float


class Address(TypedDict):
    """A client and its requests."""

    ip: str
    n: int
    limited: bool


class Data(TypedDict):
    """Whole minutes only: the running one would look like a fall. `total` counts the window's requests."""

    per_minute: list[Minute]
    top_ips: list[Address]
    limited_ips: int
    total: int


def read(context: Context, window: Window) -> dict[str, Any]:
    """Traffic of the window; the busiest of the last five minutes, or of an absolute window."""
    minutes = ceil(window.seconds / 60 / MOST_POINTS)
    step = 60 * minutes
    start, end = slots.floor(window.start, step), slots.floor(window.end + step - 0.001, step)
    if window.live:
        end = slots.floor(context.now, step)
        start = end - max(step, slots.floor(window.seconds, step))
    rows = context.tuples(query("rollups.minutes"), step=step, start=to_datetime(start), end=to_datetime(end))
    counts = {int(row[0].timestamp()): (int(row[1]), int(row[2])) for row in rows}
    per_minute = []
    for at in range(start, end, step):
        n, errors = counts.get(at, (0, 0))
        per_minute.append({"t": milliseconds(at), "n": _rate(n, minutes), "errors": _rate(errors, minutes)})
    since = window.end - BUSIEST_SECONDS if window.live else window.start
    blocked = {row[0] for row in context.tuples(query("requests.blocked"), now=to_datetime(context.now))}
    busiest = context.tuples(
        query("requests.busiest"), start=to_datetime(since), end=to_datetime(window.end), most=BUSIEST
    )
    return {
        "per_minute": per_minute,
        "top_ips": [{"ip": row[0], "n": row[1], "limited": row[0] in blocked} for row in busiest],
        "limited_ips": len(blocked),
        "total": sum(n for n, _ in counts.values()),
    }


def _rate(count: int, minutes: int) -> float:
    return count if minutes == 1 else round(count / minutes, 2)
