"""`GET /api/v1/endpoint`: one endpoint over a range by time, status and version, its histogram and its usual week."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from math import isnan
from typing import Annotated, Any

import numpy as np
from flask import Response
from msgspec import Meta, Struct

from api import endpoint_figures, endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_figures import Gathered
from api.endpoint_overview import Length
from api.endpoint_spans import DAY, HOUR
from api.window import minutes
from core import clock
from core.db.engine import Connection, Database
from core.db.queries import query
from core.endpoints import histogram
from core.endpoints.overview import LENGTHS, ROUTE_OF_ONE, USUAL, EndpointDetail, Figures, Named
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 100  # at most
WEEKS = 28 * DAY  # minutes of which the usual week is made
VERSIONS = 12  # that are shown side by side, the newest
Week = list[list[float | None]]


class EndpointQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: which endpoint, a range, and a version (empty: all of them)."""

    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
    route: Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*$")]
    method: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00]*$")] = ""
    version: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""
    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""


class Row(Struct, frozen=True):
    """A bin of one status, error type and version."""

    bin: int
    status: int
    error_type: str
    version: str
    gathered: Gathered


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE_OF_ONE)
    @documented(
        "Get one endpoint by time, status and version",
        tag="endpoints",
        scope="read",
        query=EndpointQuery,
        answers={200: EndpointDetail},
        problems=(503,),
    )
    def endpoint() -> Response:
        asked, now = arguments(EndpointQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        one = (asked.service, asked.route, asked.method, asked.version)
        key = (ROUTE_OF_ONE, *one, range_answer.range_key(asked, span))
        return range_answer.answer(memory, key, lambda: detail(database, asked, span, now))


def detail(database: Database, asked: EndpointQuery, span: tuple[int, int], now: float) -> EndpointDetail:
    """Of minutes [first, after), widened to whole bins; without hits for an unknown one. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        one = {"service": asked.service, "route": asked.route, "method": asked.method, "version": asked.version}
        ids = list(connection.execute(query("endpoints.series_of_one"), one).scalars())
        rows = _rows(connection, ids, first, after, step)
        week_hits, week_p95 = _week(connection, ids, -(-after // HOUR) * HOUR)
    total, by_bin = endpoint_figures.of_all(_by(rows, lambda row: row.bin))
    statuses = _named(rows, step, lambda row: (row.status, row.error_type))
    versions = _named(rows, step, lambda row: row.version)
    whole = histogram.rows([b"".join(bytes(row.gathered.sketch) for row in rows)])[0]
    return EndpointDetail(
        now=now, first=first, after=after, step=step, service=asked.service, route=asked.route, method=asked.method,
        total=total, bins=[by_bin.get(at) or Figures() for at in range(first, after, step)],
        classes=_classes(rows, first, after, step), histogram=endpoint_figures.bars(whole),
        statuses=[
            Named(name=f"{key[0]}" if key[0] else "", error_type=key[1], figures=found, first=start, last=last)
            for key, (found, start, last) in sorted(statuses.items())
        ],
        versions=[
            Named(name=key, figures=found, first=start, last=last)
            for key, (found, start, last) in sorted(versions.items(), key=lambda one: (-one[1][1], one[0]))
        ][:VERSIONS],
        week_hits=week_hits, week_p95=week_p95,
    )  # fmt: skip


def _rows(connection: Connection, ids: list[int], first: int, after: int, step: int) -> list[Row]:
    found: dict[tuple[int, int, str, str], Gathered] = defaultdict(Gathered)
    for span in endpoint_spans.spans(connection, first, after, widest=step) if ids else []:
        values = {**span.values(), "ids": ids, "step": step}
        read = connection.execute(endpoint_spans.statement("one", span.width), values)
        for at, status, error_type, version, hits, *rest in read:
            is_error = status >= 500 or error_type
            found[at, status, error_type, version].add(hits, hits if is_error else 0, *rest)
    return [Row(*key, gathered) for key, gathered in found.items()]


def _by(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> dict[Any, Gathered]:
    groups: dict[Hashable, list[Gathered]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row.gathered)
    return {name: endpoint_figures.summed(parts) for name, parts in groups.items()}


def _named(rows: list[Row], step: int, key: Callable[[Row], Hashable]) -> dict[Any, tuple[Any, int, int]]:
    """Figures with the first and the last minute of each."""
    _, found = endpoint_figures.of_all(_by(rows, key))
    times: dict[Any, list[int]] = defaultdict(list)
    for row in rows:
        times[key(row)].append(row.bin)
    return {name: (one, min(times[name]), max(times[name]) + step - 1) for name, one in found.items()}


def _classes(rows: Iterable[Row], first: int, after: int, step: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        counts = found.setdefault(row.status // 100, [0] * ((after - first) // step))
        counts[(row.bin - first) // step] += row.gathered.hits
    return dict(sorted(found.items()))


def _week(connection: Connection, ids: list[int], after: int) -> tuple[Week, Week]:
    """Mean hits an hour and p95 by weekday and hour in the four weeks before."""
    hits, sketches = np.zeros((7, 24)), [bytearray() for _ in range(7 * 24)]
    for span in endpoint_spans.spans(connection, after - WEEKS, after, widest=HOUR) if ids else []:
        read = connection.execute(endpoint_spans.statement("week", span.width), {**span.values(), "ids": ids})
        for day, hour, count, sketch in read:
            hits[day - 1, hour] += count
            sketches[(day - 1) * 24 + hour] += sketch
    p95 = histogram.quantiles(histogram.rows([bytes(one) for one in sketches]), (0.95,)).reshape(7, 24).tolist()
    means = [[float(f"{one / 4:.4g}") if one else None for one in row] for row in hits.tolist()]
    return means, [[None if isnan(one) else one for one in row] for row in p95]
