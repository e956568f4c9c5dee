"""Rate limits now (R3): the whole against its limit, addresses near theirs, blocked addresses with their end."""

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.monitoring.limits import BlockedAddress, GlobalLimit, Limits, NearLimit

NAME = "limits"
REFRESH = 5.0
MOST = 50


def read(context: ResourceContext, window: Window) -> Limits:
    """Requests of the last sixty seconds against the limits; always now, whatever the window."""
    limits = context.settings.config.limits
    span = {"start": to_datetime(context.now - 60), "end": to_datetime(context.now)}
    used = context.tuples(query("requests.count"), **span)[0][0]
    least = limits.ip_per_minute * limits.near_percent / 100
    near = context.tuples(query("requests.near"), **span, least=least, most=MOST, unlimited=limits.allow_networks)
    blocked = context.tuples(query("requests.blocked"), now=to_datetime(context.now))
    return Limits(
        everyone=GlobalLimit(
            used=used, limit=limits.global_per_minute, percent=round(100 * used / limits.global_per_minute, 1)
        ),
        near=[NearLimit(ip=row[0], used=row[1], limit=limits.ip_per_minute) for row in near],
        blocked=[BlockedAddress(ip=row[0], until=milliseconds(row[1]), reason=row[2]) for row in blocked[:MOST]],
    )
