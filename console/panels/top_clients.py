"""3.3 R2: the five busiest IPs of the last five minutes, and how many IPs are limited."""

from typing import Any

from console import format
from console.panel import Column, Panel, Slot, empty
from core.monitoring.limits import Limits
from core.monitoring.traffic import Traffic

COLUMNS = (
    Column("ip", "IP", "ip"),
    Column("n", "Requests", "int", "84px"),
    Column("limit", "Limit", "limit", "112px"),
)


def draw(traffic: Traffic, limits: Limits) -> dict[str, Any]:
    """Rows keyed by IP: requests and within / near / limited."""
    near = {one.ip for one in limits.near}
    blocked = {one.ip for one in limits.blocked}
    rows = []
    for client in traffic.top_ips:
        ip = client.ip
        state = "limited" if client.limited or ip in blocked else "near" if ip in near else "within"
        rows.append([ip, ip, client.n, state])
    limited = traffic.limited_ips
    note = f"last 5 min · {format.number(limited)} {'IP' if limited == 1 else 'IPs'} limited"
    if not rows:
        return {"rows": empty("No requests in the last five minutes."), "note": note}
    return {"rows": {"rows": rows}, "note": note}


PANEL = Panel(
    name="top_clients",
    title="Top clients",
    section="traffic",
    order=1,
    width=3,
    parts=("traffic", "limits"),
    note="last 5 min",
    slots=(Slot("rows", "rows", columns=COLUMNS, label="Top five IPs by requests"),),
    draw=draw,
)
