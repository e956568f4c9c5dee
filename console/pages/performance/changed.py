"""What changed in a range as a list, with the way to each; and the deploys of a service."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from dash import html

from console import incident_parts
from console.figures.marks import KINDS
from console.panel import Column
from console.table import table
from core.endpoints import deploy_reads
from core.endpoints.deploy_reads import DeployRow, Deploys
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.monitoring.changes import Change

LISTED = 60
COLUMNS = (
    Column("at", "Time (UTC)", "when", "140px"), Column("kind", "Kind", "state", "140px"),
    Column("what", "Change", "two"),
)  # fmt: skip
EMPTY = "Nothing changed in this range: no deploy, no change of policy, configuration or model, no incident."
_LOOKS = {
    "deploy": ("ok", "send"), "model": ("good", "arrow-repeat"), "policy": ("review", "shield-lock"),
    "configuration": ("", "tools"), "incident": ("blocked", "bell-fill"),
}  # fmt: skip


def deploys(client: HttpClient, service: str, route: str = "", method: str = "", most: int = 12) -> list[DeployRow]:
    """The newest deploys of a service, with what they did to an endpoint; nothing while it cannot be read."""
    query = urlencode({"service": service, "route": route, "method": method, "limit": most})
    try:
        answer = client.get(f"{deploy_reads.ROUTE}?{query}")
        return msgspec.json.decode(answer.body, type=Deploys).rows if answer.status == 200 else []
    except (HttpUnavailable, msgspec.MsgspecError):
        return []


def listed(found: Sequence[Change]) -> html.Section:
    """The changes as a table, the newest first."""
    rows = [_row(one) for one in reversed(found[-LISTED:])]
    note = f"the newest {LISTED} of {len(found)}" if len(found) > LISTED else f"{len(found)}"
    return table("changes", "Changes", COLUMNS, rows, EMPTY, note=note)


def _row(one: Change) -> list[Any]:
    return [
        f"{one.kind} {one.ref}", one.t, [*_LOOKS[one.kind], KINDS[one.kind]], [one.title, one.detail, address(one)],
    ]  # fmt: skip


def address(one: Change) -> str:
    """Of the page of a change, under the prefix; empty where there is none."""
    if one.kind == "deploy":
        return deploy_address(one.ref)
    if one.kind == "incident":
        return incident_parts.address(one.ref)
    return {"policy": "thresholds", "model": f"model/versions/{one.ref}"}.get(one.kind, "")


def deploy_address(number: object) -> str:
    """Of the page of a deploy, under the prefix."""
    return f"performance/deploys/{number}"
