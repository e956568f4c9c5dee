"""Rate limits now (R3): the whole against its limit, addresses near theirs, blocked addresses with their end."""

from typing import Any, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.store.queries import query

NAME = "limits"
REFRESH = 5.0
MOST = 50


class Global(TypedDict):
    used: int
    limit: int
    percent: float


class Near(TypedDict):
    """An address near its limit a minute."""

    ip: str
    used: int
    limit: int


class Blocked(TypedDict):
    """A blocked address, until when (ms), and why."""

    ip: str
    until: int
    reason: str


Data = TypedDict("Data", {"global": Global, "near": list[Near], "blocked": list[Blocked]})


def read(context: Context, window: Window) -> dict[str, Any]:
    """Requests of the last sixty seconds against the limits; always now, whatever the window."""
    limits = context.settings.config.limits
    span = {"start": to_datetime(context.now - 60), "end": to_datetime(context.now)}
    used = context.tuples(query("requests.count"), **span)[0][0]
    least = limits.ip_per_minute * limits.near_percent / 100
    near = context.tuples(query("requests.near"), **span, least=least, most=MOST, unlimited=limits.allow_networks)
    blocked = context.tuples(query("requests.blocked"), now=to_datetime(context.now))
    return {
        "global": {
            "used": used,
            "limit": limits.global_per_minute,
            "percent": round(100 * used / limits.global_per_minute, 1),
        },
        "near": [{"ip": row[0], "used": row[1], "limit": limits.ip_per_minute} for row in near],
        "blocked": [{"ip": row[0], "until": milliseconds(row[1]), "reason": row[2]} for row in blocked[:MOST]],
    }
