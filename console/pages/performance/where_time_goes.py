"""Where the time of one endpoint goes: its queries, its Redis commands, waits, and its own code."""

from typing import Any

from dash import html

from console import markup
from console.pages.database import parts
from console.pages.database.reading import AskedQuery
from console.pages.performance.reading import Asked, read
from core.endpoints.queries import ROUTE, WORK, QueriesOverview
from core.http import HttpClient

NONE_YET = "No query was timed in this range. Our own processes report them; other services do not."
PATH = "database"


def panel(api: HttpClient, wanted: Asked, prefix: str) -> html.Section | None:
    """A panel, or None where the monitoring API does not answer: the rest of the page says so."""
    asked = AskedQuery(
        service=wanted.service, route=wanted.route, method=wanted.method, range=wanted.range, start=wanted.start,
        end=wanted.end,
    )  # fmt: skip
    found = read(api, ROUTE, asked, QueriesOverview).found
    if found is None:
        return None
    rows = [row for row in found.rows if row.kind in WORK]
    if not rows:
        return markup.sheet("time", "Where its time goes", markup.calm("clock", "No queries", NONE_YET))
    note = ", ".join(_shares(found))
    section = parts.queries_table("time", "Where its time goes", rows, found.total, asked, NONE_YET, note)
    link = html.P(markup.link("Only this endpoint on the page Database", f"{prefix}{PATH}{asked.query()}"))
    return html.Section([section, link], className="mb-3")


def _shares(found: QueriesOverview) -> list[Any]:
    words = {"database": "database", "redis": "Redis", "pool": "waiting for a connection", "own": "own code"}
    return [
        f"{words[kind]} {100 * found.kinds[kind].seconds / found.total:.1f} %"
        for kind in words
        if kind in found.kinds and found.total
    ]
