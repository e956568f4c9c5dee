"""API requests per minute and the busiest addresses (R1, R2), our own and the platform's services together."""

from math import ceil

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.events import time_buckets
from core.monitoring.traffic import BusyAddress, MinuteTraffic, Traffic

NAME = "traffic"
REFRESH = 5.0
BUSIEST = 5
BUSIEST_SECONDS = 300
MOST_POINTS = 1500


def read(context: ResourceContext, window: Window) -> Traffic:
    """Traffic of the window; the busiest of the last five minutes, or of an absolute window."""
    minutes = ceil(window.seconds / 60 / MOST_POINTS)
    step = 60 * minutes
    start, end = time_buckets.floor(window.start, step), time_buckets.floor(window.end + step - 0.001, step)
    if window.live:
        end = time_buckets.floor(context.now, step)
        start = end - max(step, time_buckets.floor(window.seconds, step))
    rows = context.tuples(query("rollups.minutes"), step=step, start=to_datetime(start), end=to_datetime(end))
    counts = {int(row[0].timestamp()): (int(row[1]), int(row[2])) for row in rows}
    per_minute = []
    for at in range(start, end, step):
        n, errors = counts.get(at, (0, 0))
        per_minute.append(MinuteTraffic(t=milliseconds(at), n=_rate(n, minutes), errors=_rate(errors, minutes)))
    since = window.end - BUSIEST_SECONDS if window.live else window.start
    blocked = {row[0] for row in context.tuples(query("requests.blocked"), now=to_datetime(context.now))}
    busiest = context.tuples(
        query("requests.busiest"), start=to_datetime(since), end=to_datetime(window.end), most=BUSIEST
    )
    return Traffic(
        per_minute=per_minute,
        top_ips=[BusyAddress(ip=row[0], n=row[1], limited=row[0] in blocked) for row in busiest],
        limited_ips=len(blocked),
        total=sum(n for n, _ in counts.values()),
    )


def _rate(count: int, minutes: int) -> float:
    return count if minutes == 1 else round(count / minutes, 2)
