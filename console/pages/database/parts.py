"""What the pages Database, Query, Redis and Endpoint show of queries: their rows, names, links and callers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import html

from console.pages.performance import parts
from console.pages.performance.reading import Asked
from console.panel import Column
from console.table import table
from core.endpoints.queries import WORK, CalledQuery, Caller

COLUMNS = (
    Column("query", "Query", "two", "280px"), Column("calls", "Calls", "int", "92px"),
    Column("rows", "Rows", "int", "92px"), Column("errors", "Errors", "int", "76px"),
    Column("p50", "p50", "right", "84px"), Column("p95", "p95", "right", "84px"),
    Column("most", "Max", "right", "84px"), Column("share", "Share of time", "meter", "150px"),
    Column("trend", "Calls over time", "spark", "120px"),
)  # fmt: skip
CALLERS = (
    Column("caller", "Endpoint", "two", "280px"), Column("calls", "Calls", "int"), Column("rows", "Rows", "int"),
    Column("errors", "Errors", "int"), Column("p50", "p50", "right"), Column("p95", "p95", "right"),
    Column("most", "Max", "right"), Column("share", "Share of its time", "meter", "150px"),
)  # fmt: skip
KINDS = {
    "database": "PostgreSQL", "redis": "Redis", "pool": "connection pool", "own": "Python code",
    "wait": "waits for new entries", "held": "connection pool",
}  # fmt: skip


def address(kind: str, query: str, wanted: Asked) -> str:
    """Of a query's page under the prefix, with the range and the endpoint that are looked at."""
    names = ("range", "from", "to", "service", "route", "method")
    kept = {name: value for name, value in wanted.values.items() if name in names}
    return f"database/query?{urlencode({'kind': kind, 'query': query, **kept})}"


def queries_table(
    name: str, title: str, rows: Sequence[CalledQuery], whole: float, wanted: Asked, empty: str, note: str,
    named: str = "Query", counted: str = "Rows",
) -> html.Section:  # fmt: skip
    """Queries with their share of so many seconds."""
    first, calls, _, *rest = COLUMNS
    columns = (replace(first, label=named), calls, Column("rows", counted, "int", "92px"), *rest)
    return table(name, title, columns, [_row(row, whole, wanted) for row in rows], empty, note=note)


def _row(row: CalledQuery, whole: float, wanted: Asked) -> list[Any]:
    known = row.figures
    share = known.seconds / whole if whole else 0.0
    meter = [f"{100 * share:.1f} %", share] if row.kind in WORK else None
    return [
        f"{row.kind} {row.query}",
        [row.query, KINDS.get(row.kind, row.kind), address(row.kind, row.query, wanted)],
        known.hits, row.rows, known.errors, parts.duration_cell(known.p50), parts.duration_cell(known.p95),
        parts.duration_cell(known.most), meter, row.trend,
    ]  # fmt: skip


def callers_table(found: Sequence[Caller], whole: float, wanted: Asked, empty: str) -> html.Section:
    """Who calls a query, with the way to the endpoint."""
    return table("callers", "By endpoint", CALLERS, [_caller(one, whole, wanted) for one in found], empty)


def _caller(one: Caller, whole: float, wanted: Asked) -> list[Any]:
    known = one.figures
    share = known.seconds / whole if whole else 0.0
    to = [parts.address(one.service, one.route, one.method, wanted)] if one.method else []
    return [
        f"{one.service} {one.method} {one.route}", [f"{one.method} {one.route}".strip(), one.service, *to],
        known.hits, one.rows, known.errors, parts.duration_cell(known.p50), parts.duration_cell(known.p95),
        parts.duration_cell(known.most), [f"{100 * share:.1f} %", share],
    ]  # fmt: skip
