"""`GET /api/v1/queries`: statements, Redis commands and waits over a range, those that took most of the time first."""

from collections import defaultdict
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
from flask import Response
from msgspec import Meta, Struct
from numpy.typing import NDArray

from api import endpoint_figures, endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_figures import Gathered
from api.endpoint_overview import BINS, Length
from api.endpoint_spans import HOUR, Span
from api.kept_days import MOST_DAYS, Days
from api.window import minutes
from core import clock
from core.db.engine import Connection, Database
from core.endpoints.overview import LENGTHS, USUAL, Figures
from core.endpoints.queries import ROUTE, WORK, CalledQuery, Caller, QueriesOverview
from core.events.endpoint_series import NANO
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

MOST = 500  # queries that are listed
CALLERS = 200  # endpoints that are listed
TOPIC = "queries"
Kind = Literal["", "database", "redis", "pool", "own", "wait", "held"]
Name = tuple[str, str]
Array = NDArray[np.float64]


class QueriesQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, and a filter; what is empty is any. A route goes with its method."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    route: Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*$")] = ""
    method: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00]*$")] = ""
    kind: Kind = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int, minute_days: int) -> None:
    """Add the route."""
    kept = ProcessCache(MOST_DAYS)

    @app.get(ROUTE)
    @documented(
        "Get calls, rows, errors and quantiles of every query",
        tag="endpoints",
        scope="read",
        query=QueriesQuery,
        answers={200: QueriesOverview},
        problems=(503,),
    )
    def queries() -> Response:
        asked, now = arguments(QueriesQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, range_answer.range_key(asked, span), *filtered(asked).values())
        return range_answer.answer(memory, key, lambda: overview(database, asked, span, now, minute_days, kept))


def filtered(asked: Any) -> dict[str, str]:
    """What queries are filtered by."""
    return {"service": asked.service, "route": asked.route, "method": asked.method, "kind": asked.kind}


def bins_of(span: tuple[int, int], most: int, now: float, minute_days: int) -> tuple[int, int, int]:
    """Minutes [first, after) in whole bins, and the minutes of one: at least 60 where minutes are kept no longer."""
    step = endpoint_spans.step_for(span[1] - span[0], most)
    if span[0] < int(now // 60) - minute_days * endpoint_spans.DAY:
        step = max(step, HOUR)
    return *endpoint_spans.widened(*span, step), step


def overview(
    database: Database, asked: QueriesQuery, span: tuple[int, int], now: float, minute_days: int, kept: ProcessCache
) -> QueriesOverview:
    """Of minutes [first, after), widened to whole bins. Raises DatabaseUnavailable."""
    first, after, step = bins_of(span, BINS, now, minute_days)
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        days = Days(connection, kept, tuple(filtered(asked).values()))
        gathered, rows = _totals(connection, asked, first, after, days)
        trends = _trends(connection, asked, first, after, step, days)
        callers = _callers(connection, first, after, Days(connection, kept, ()))
    _, found = endpoint_figures.of_all(gathered)
    ordered = sorted(found, key=lambda one: (-found[one].seconds, one))
    kinds = sorted({kind for kind, _ in gathered})
    every: dict[str, Array] = {kind: np.zeros((after - first) // step) for kind in kinds}
    for (kind, _), trend in trends.items():
        every.setdefault(kind, np.zeros((after - first) // step))
        every[kind] += trend[1]
    by_kind = {kind: endpoint_figures.summed(g for (one, _), g in gathered.items() if one == kind) for kind in kinds}
    _, figures = endpoint_figures.of_all(by_kind)
    return QueriesOverview(
        now=now, first=first, after=after, step=step, more=max(0, len(ordered) - MOST),
        total=sum(one.seconds for kind, one in figures.items() if kind in WORK), kinds=figures,
        rows=[
            CalledQuery(
                kind=one[0], query=one[1], figures=found[one], rows=rows[one],
                trend=trends[one][0].astype(int).tolist(),
            )
            for one in ordered[:MOST]
        ],
        seconds={kind: (sums / NANO).tolist() for kind, sums in every.items()},
        callers=callers[:CALLERS], services=sorted({one.service for one in callers}),
    )  # fmt: skip


def _totals(
    connection: Connection, asked: QueriesQuery, first: int, after: int, days: Days
) -> tuple[dict[Name, Gathered], dict[Name, int]]:
    """What each query came to, and its rows."""
    found: dict[Name, Gathered] = defaultdict(Gathered)
    rows: dict[Name, int] = defaultdict(int)
    for span in endpoint_spans.spans(connection, first, after, topic=TOPIC):
        gathered, counted = days.remember("totals", span, partial(_read, connection, asked, span))
        for name, one in gathered.items():
            found[name].include(one)
            rows[name] += counted[name]
    return found, rows


def _read(
    connection: Connection, asked: QueriesQuery, span: Span
) -> tuple[dict[Name, Gathered], dict[Name, int]]:  # fmt: skip
    found: dict[Name, Gathered] = defaultdict(Gathered)
    counted: dict[Name, int] = defaultdict(int)
    values = {**span.values(), **filtered(asked)}
    for kind, name, rows, *rest in connection.execute(endpoint_spans.statement("totals", span.width, TOPIC), values):
        found[kind, name].add(*rest)
        counted[kind, name] += rows
    return (endpoint_figures.compacted(found) if span.width == endpoint_spans.DAY else found), counted


def _trends(
    connection: Connection, asked: QueriesQuery, first: int, after: int, step: int, days: Days
) -> dict[Name, Array]:
    """Calls and nanoseconds of each query by bin."""
    found: dict[Name, Array] = defaultdict(lambda: np.zeros((2, (after - first) // step)))
    for span in endpoint_spans.spans(connection, first, after, widest=step, topic=TOPIC):
        for kind, name, at, hits, total in days.remember(step, span, partial(_trend, connection, asked, span, step)):
            found[kind, name][:, (at - first) // step] += (hits, float(total))
    return found


def _trend(connection: Connection, asked: QueriesQuery, span: Span, step: int) -> list[Any]:
    values = {**span.values(), **filtered(asked), "step": step}
    return [tuple(row) for row in connection.execute(endpoint_spans.statement("trend", span.width, TOPIC), values)]


def _callers(connection: Connection, first: int, after: int, days: Days) -> list[Caller]:
    """Endpoints and processes with their seconds by kind, those with the most first."""
    seconds: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for span in endpoint_spans.spans(connection, first, after, topic=TOPIC):
        for service, route, method, kind, total, _ in days.remember("by", span, partial(_by, connection, span)):
            seconds[service, route, method][kind] += float(total) / NANO
    made = [
        Caller(
            service=key[0], route=key[1], method=key[2], figures=Figures(seconds=sum(by.values())),
            seconds=dict(by),
        )
        for key, by in seconds.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.figures.seconds, one.service, one.route, one.method))


def _by(connection: Connection, span: Span) -> list[Any]:
    read = connection.execute(endpoint_spans.statement("callers", span.width, TOPIC), span.values())
    return [tuple(row) for row in read]
