"""`GET /api/v1/endpoints`: what every endpoint did over a range, those that took most of the time first."""

from collections import defaultdict
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from flask import Response
from msgspec import Meta, Struct
from numpy.typing import NDArray

from api import endpoint_figures, endpoint_pieces, endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_figures import Gathered
from api.endpoint_kept import KeptPieces
from api.endpoint_pieces import Piece, Version
from api.window import minutes
from core import clock
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
    kept = KeptPieces()

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
        key = (ROUTE, range_answer.range_key(asked, (first, after)), asked.service, asked.method, asked.version)
        return range_answer.answer(memory, key, lambda: overview(database, asked, (first, after), now, kept))


def overview(
    database: Database, asked: EndpointsQuery, span: tuple[int, int], now: float, kept: KeptPieces
) -> EndpointsOverview:
    """Of minutes [first, after), widened to whole bins; `kept` has what was read before. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        read = _Range(connection, asked, first, after, kept)
        gathered = _totals(read)
        trends = _trends(read, first, after, step)
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


class _Range:
    """What is read of a range: each piece once, as long as nothing is added to it."""

    def __init__(self, connection: Connection, asked: EndpointsQuery, first: int, after: int, kept: KeptPieces) -> None:
        self._connection = connection
        self._filter = _filter(asked)
        self._kept = kept
        self._range = first, after
        self._stale = endpoint_spans.stale(connection, first, after)
        self._known: dict[Piece, Version] = {}

    def versions(self, widest: int) -> dict[Piece, Version]:
        """The pieces of the range, read from rows of at most `widest` minutes."""
        spans = endpoint_spans.chosen(*self._range, *self._stale, widest)
        pieces = endpoint_pieces.cut(spans, *self._stale, self._range[1])
        if unknown := [piece for piece in pieces if piece not in self._known]:
            self._known |= endpoint_pieces.versions(self._connection, unknown)
        return {piece: self._known[piece] for piece in pieces}

    def gather(
        self, name: str, widest: int, make: Callable[[list[Any]], list[Any]], merge: Callable[[Any], list[Any]],
        **values: int,
    ) -> list[Any]:  # fmt: skip
        """What a named query has of the range, in two parts that add up, each made of rows or merged from such."""
        what = (name, *self._filter.values(), *values.values())

        def read(pieces: list[Piece]) -> list[list[Any]]:
            rows: dict[Piece, list[Any]] = {piece: [] for piece in pieces}
            for width in sorted({piece.width for piece in pieces}):
                some = [piece for piece in pieces if piece.width == width]
                ends = {"starts": [60 * one.first for one in some], "ends": [60 * one.after for one in some]}
                statement = endpoint_spans.statement(name, width)
                for place, *rest in self._connection.execute(statement, {**ends, **self._filter, **values}):
                    rows[some[place - 1]].append(rest)
            return [make(rows[piece]) for piece in pieces]

        return self._kept.gather(what, self.versions(widest), read, merge)


def _totals(asked: _Range) -> dict[Endpoint, Gathered]:
    """What each endpoint came to."""
    return _added(asked.gather("totals", endpoint_spans.DAY, _compacted, _merged))


def _compacted(rows: list[Any]) -> list[tuple[Endpoint, Gathered]]:
    """Each endpoint of a piece, with one histogram."""
    found: dict[Endpoint, Gathered] = defaultdict(Gathered)
    for service, route, method, *rest in rows:
        found[service, route, method].add(*rest)
    return list(endpoint_figures.compacted(found).items())


def _merged(parts: list[list[tuple[Endpoint, Gathered]]]) -> list[tuple[Endpoint, Gathered]]:
    return list(endpoint_figures.compacted(_added(parts)).items())


def _added(parts: list[list[tuple[Endpoint, Gathered]]]) -> dict[Endpoint, Gathered]:
    found: dict[Endpoint, Gathered] = defaultdict(Gathered)
    for rows in parts:
        for name, one in rows:
            found[name].include(one)
    return found


def _trends(asked: _Range, first: int, after: int, step: int) -> dict[Endpoint, Array]:
    """Hits and errors of each endpoint by bin."""
    found: dict[Endpoint, Array] = defaultdict(lambda: np.zeros((2, (after - first) // step), np.int64))
    for rows in asked.gather("trend", step, _series, _joined, step=step):
        for name, bins, counts in rows:
            found[name][:, (bins - first) // step] += counts
    return found


def _series(rows: list[Any]) -> list[tuple[Endpoint, Array, Array]]:
    """Each endpoint of a piece with its bins, and their hits and errors."""
    found: dict[Endpoint, list[tuple[int, int, int]]] = defaultdict(list)
    for service, route, method, *rest in rows:
        found[service, route, method].append(tuple(rest))
    return [(name, table[0], table[1:]) for name, one in found.items() for table in (np.array(one, np.int64).T,)]


def _joined(parts: list[list[tuple[Endpoint, Array, Array]]]) -> list[tuple[Endpoint, Array, Array]]:
    """The same of several pieces, which may lie in one bin."""
    found: dict[Endpoint, list[tuple[Array, Array]]] = defaultdict(list)
    for rows in parts:
        for name, bins, counts in rows:
            found[name].append((bins, counts))
    joined = []
    for name, one in found.items():
        bins, places = np.unique(np.concatenate([bins for bins, _ in one]), return_inverse=True)
        sums = np.zeros((2, len(bins)), np.int64)
        for total, counts in zip(sums, np.concatenate([counts for _, counts in one], axis=1), strict=True):
            np.add.at(total, places, counts)
        joined.append((name, bins, sums))
    return joined


def _choices(connection: Connection, asked: EndpointsQuery, first: int) -> tuple[list[str], list[str], list[str]]:
    """Services, and of the one that is asked for, or of all, methods and versions."""
    rows = connection.execute(query("endpoints.choices"), {"start": first * 60}).all()
    of_service = [row for row in rows if asked.service in ("", row[0])]
    newest: dict[str, int] = {}
    for _, _, version, number in of_service:
        newest[version] = max(number, newest.get(version, 0))
    versions = sorted(filter(None, newest), key=lambda one: -newest[one])[:VERSIONS]
    return sorted({row[0] for row in rows}), sorted({row[1] for row in of_service} - {""}), versions
