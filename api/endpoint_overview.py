"""`GET /api/v1/endpoints`: what every endpoint did over a range, those that took most of the time first."""

from collections import defaultdict
from functools import partial
from typing import Annotated, Literal

import numpy as np
from flask import Response
from msgspec import Meta, Struct
from numpy.typing import NDArray

from api import endpoint_figures, endpoint_spans
from api.context import ProcessCache
from api.endpoint_figures import Gathered
from api.kept_days import Days
from api.window import minutes
from core import clock, codec
from core.db.engine import Connection, Database
from core.db.queries import query
from core.endpoints.overview import LENGTHS, ROUTE, USUAL, EndpointRow, EndpointsOverview
from core.events.endpoint_series import LOST
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 30  # of a trend, at most: a day's are hours, which are few rows
MOST = 300  # endpoints that are listed
VERSIONS = 20  # that can be chosen, the newest
FRESH = 2.0  # seconds an answer is good for
SPANS = 24  # of days that are kept
Length = Literal["1h", "6h", "24h", "7d", "30d", "90d"]
Endpoint = tuple[str, str, str]
Array = NDArray[np.int64]


class EndpointsQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, and a filter; what is empty is any."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    method: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00]*$")] = ""
    version: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""
    kept = ProcessCache(SPANS)

    @app.get(ROUTE)
    @documented(
        "Get hits, errors and quantiles of every endpoint",
        tag="endpoints",
        scope="read",
        query=EndpointsQuery,
        answers={200: EndpointsOverview},
        problems=(503,),
    )
    def endpoints() -> Response:
        asked, now = arguments(EndpointsQuery), clock.now()
        first, after = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, asked.range if not asked.start else (first, after), asked.service, asked.method, asked.version)
        body = memory.remember(key, FRESH, lambda: codec.encode(overview(database, asked, (first, after), now, kept)))
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")


def overview(
    database: Database, asked: EndpointsQuery, span: tuple[int, int], now: float, kept: ProcessCache
) -> EndpointsOverview:
    """Of minutes [first, after), widened to whole bins; `kept` has whole days. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        days = Days(connection, kept, tuple(_filter(asked).values()))
        gathered = _totals(connection, asked, first, after, days)
        trends = _trends(connection, asked, first, after, step, days)
        services, methods, versions = _choices(connection, asked, first)
    lost = sum(gathered.pop(one).hits for one in [key for key in gathered if key[1] == LOST])
    total, found = endpoint_figures.of_all(gathered)
    ordered = sorted(found, key=lambda one: (-found[one].seconds, one))
    bins = (after - first) // step
    every = sum((trends[one] for one in found), np.zeros((2, bins), np.int64))
    return EndpointsOverview(
        now=now, first=first, after=after, step=step, total=total, more=max(0, len(ordered) - MOST),
        lost=lost,
        rows=[
            EndpointRow(
                service=one[0], route=one[1], method=one[2], figures=found[one], trend=trends[one][0].tolist()
            )
            for one in ordered[:MOST]
        ],
        hits=every[0].tolist(), errors=every[1].tolist(), services=services, methods=methods, versions=versions,
    )  # fmt: skip


def _filter(asked: EndpointsQuery) -> dict[str, str]:
    return {"service": asked.service, "method": asked.method, "version": asked.version}


def _totals(
    connection: Connection, asked: EndpointsQuery, first: int, after: int, days: Days
) -> dict[Endpoint, Gathered]:
    """What each endpoint came to."""
    found: dict[Endpoint, Gathered] = defaultdict(Gathered)
    for span in endpoint_spans.spans(connection, first, after):
        for name, one in days.remember("totals", span, partial(_read, connection, asked, span)).items():
            found[name].include(one)
    return found


def _read(connection: Connection, asked: EndpointsQuery, span: endpoint_spans.Span) -> dict[Endpoint, Gathered]:
    """Each endpoint over a span, with one histogram."""
    found: dict[Endpoint, Gathered] = defaultdict(Gathered)
    values = {**span.values(), **_filter(asked)}
    for service, route, method, *rest in connection.execute(endpoint_spans.statement("totals", span.width), values):
        found[service, route, method].add(*rest)
    return endpoint_figures.compacted(found) if span.width == endpoint_spans.DAY else found


def _trends(
    connection: Connection, asked: EndpointsQuery, first: int, after: int, step: int, days: Days
) -> dict[Endpoint, Array]:
    """Hits and errors of each endpoint by bin."""
    found: dict[Endpoint, Array] = defaultdict(lambda: np.zeros((2, (after - first) // step), np.int64))
    for span in endpoint_spans.spans(connection, first, after, widest=step):
        rows = days.remember(step, span, partial(_trend, connection, asked, span, step))
        for service, route, method, at, hits, errors in rows:
            found[service, route, method][:, (at - first) // step] += (hits, errors)
    return found


def _trend(
    connection: Connection, asked: EndpointsQuery, span: endpoint_spans.Span, step: int
) -> list[tuple[str, str, str, int, int, int]]:
    values = {**span.values(), **_filter(asked), "step": step}
    read = connection.execute(endpoint_spans.statement("trend", span.width), values)
    return [tuple(row) for row in read]


def _choices(connection: Connection, asked: EndpointsQuery, first: int) -> tuple[list[str], list[str], list[str]]:
    """Services, and of the one that is asked for, or of all, methods and versions."""
    rows = connection.execute(query("endpoints.choices"), {"start": first * 60}).all()
    of_service = [row for row in rows if asked.service in ("", row[0])]
    newest: dict[str, int] = {}
    for _, _, version, number in of_service:
        newest[version] = max(number, newest.get(version, 0))
    versions = sorted(filter(None, newest), key=lambda one: -newest[one])[:VERSIONS]
    return sorted({row[0] for row in rows}), sorted({row[1] for row in of_service} - {""}), versions
