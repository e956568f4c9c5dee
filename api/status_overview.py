"""`GET /api/v1/statuses`: one source's counts over a range, what was expected, the evidence, thresholds and profile."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Annotated, Literal

from flask import Response
from msgspec import Meta, Struct

from api import status_series
from api.context import ProcessCache
from api.status_series import Named
from api.status_tracks import Background, Tracks
from api.window import minutes
from core import clock, codec
from core.db.engine import Connection, Database
from core.db.queries import query
from core.errors import BadInput
from core.settings import Settings
from core.statuses import store
from core.statuses.detector import params
from core.statuses.detector.line import line, shared
from core.statuses.detector.params import Params
from core.statuses.episode import MINUTE
from core.statuses.feed import CODE, STATUS, Feed
from core.statuses.overview import (
    LENGTHS,
    OTHER,
    ROUTE,
    CountRow,
    Overview,
    SeriesNow,
    SourceState,
    Stack,
)  # fmt: skip
from core.statuses.store import OWN, Known
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

TEST = "test"  # what test buttons send
BINS = 360  # at most, in a range
LARGEST, ROWS = 8, 20
PROFILE = 28 * 86_400  # seconds
FRESH = 2.0  # seconds an answer is good for
Length = Literal["15m", "1h", "6h", "24h", "7d"]


class StatusesQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a source, a range, and the series whose minutes are wanted, as `kind:name`."""

    source: Annotated[str, Meta(description="Default: the newest.", max_length=200, pattern=r"^[^\x00]*$")] = ""
    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = "6h"
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    series: Annotated[
        str,
        Meta(description="`status:denied`, `code:51`, `volume:`; default: the strongest.", max_length=300,
             pattern=r"^(?:(?:status|code|volume):[^\x00]*)?$"),
    ] = ""  # fmt: skip


def install(app: App, settings: Settings, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""
    read = StatusRead(database, params.load(settings), Background())

    @app.get(ROUTE)
    @documented(
        "Get the counts of a source by status and code, with expected values",
        tag="statuses",
        scope="read",
        query=StatusesQuery,
        answers={200: Overview},
        problems=(503,),
    )
    def statuses() -> Response:
        asked, now = arguments(StatusesQuery), clock.now()
        first, after = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, asked.source, asked.range if not asked.start else (first, after), asked.series)
        body = memory.remember(key, FRESH, lambda: codec.encode(read(asked.source, (first, after), asked.series, now)))
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")


class StatusRead:
    """Makes overviews; `facts` computes what takes long."""

    def __init__(self, database: Database, p: Params, facts: Background) -> None:
        self._facts = facts
        self._database = database
        self._params = p
        self._tracks = Tracks(database, p, facts)

    def __call__(self, wanted: str, span: tuple[int, int], series: str, now: float) -> Overview:
        """Of a source over minutes [first, after). Raises BadInput for an unknown one, DatabaseUnavailable."""
        first, after = span
        step = ceil((after - first) / BINS)
        first -= first % step
        with self._database.transaction() as connection:
            known = sources(connection)
            states = [_state(one) for one in known.values()]
            if wanted and wanted not in known:
                raise BadInput("?source", "no source has this name")
            source = wanted or chosen(known)
            if not source:
                return Overview(now=now, sources=states)
            tests, judging = shared(sum(one.tests for one in known.values())), store.is_judging(connection)
            stacks = _stacks(connection, source, first, after, step)
            rows = _rows(connection, source, known[source].newest)
            with self._tracks.of(connection, known[source], first, after, tests) as track:
                feed = track.feed if track else None
                above = line(self._params.budget, max(tests, feed.tests if feed else 0))
                listed = status_series.listed(track, above, self._params) if track else []
                kind, _, name = series.partition(":")
                shown = (kind, name) if series else (listed[0].kind, listed[0].name) if listed else ("volume", "")
                total, traced = (status_series.traced(track, one, first, after) for one in (("volume", ""), shown))
        power = self._power(source, feed, above, listed, now)
        profile = self._facts.get(f"profile {source}", _hour(now), lambda: _profile(self._database, source, now))
        return Overview(
            now=now,
            sources=states,
            is_judging=judging,
            source=source,
            first=first,
            after=after,
            step=step,
            statuses=stacks[STATUS],
            codes=stacks[CODE],
            total=total,
            traced=traced,
            line=round(above, 3),
            tests=tests,
            watched=feed.watched if feed else "",
            series=status_series.with_power(listed, power),
            profile=profile or [],
            rows=rows,
        )

    def _power(
        self, source: str, feed: Feed | None, above: float, listed: list[SeriesNow], now: float
    ) -> Mapping[Named, dict[str, int | None]]:
        if feed is None:
            return {}
        names, known = [(one.kind, one.name) for one in listed], feed

        def made() -> Mapping[Named, dict[str, int | None]]:
            return status_series.minutes_to_see(known, names, above, self._params)

        return self._facts.get(f"power {source}", _hour(now), made) or {}


def _hour(now: float) -> int:
    return int(now // 3600)


def sources(connection: Connection) -> dict[str, Known]:
    """Every source, with what came in of it and is not judged yet, be a judge at work or not."""
    known = store.sources(connection)
    for source, first, newest, received_at in connection.execute(query("status_overview.waiting")):
        one = known.get(source) or Known(source, first, newest, received_at)
        known[source] = one._replace(newest=max(one.newest, newest), received_at=max(one.received_at, received_at))
    return known


def chosen(known: Mapping[str, Known]) -> str:
    """The source that is shown first: the newest that is neither ours nor a test; '' of none."""

    def rank(one: Known) -> tuple[bool, bool, float]:
        return one.source not in OWN, one.source != TEST, one.received_at

    return max(known.values(), key=rank).source if known else ""


def _state(one: Known) -> SourceState:
    return SourceState(
        source=one.source, first=one.first, newest=one.newest, received_at=one.received_at, judged=one.judged,
        late=one.late, problem=one.problem,
    )  # fmt: skip


def _stacks(connection: Connection, source: str, first: int, after: int, step: int) -> tuple[list[Stack], list[Stack]]:
    """Statuses and codes, the most frequent first; the rarest together as other."""
    places = (after - first + step - 1) // step
    found: tuple[dict[str, dict[int, float]], ...] = ({}, {})
    if source in OWN:
        for minute, counts in store.counts(connection, source, first, after).items():
            for name, count in (counts.statuses or {}).items():
                _add(found[STATUS].setdefault(name, {}), (minute - first) // step, count)
    else:
        values = {"source": source, "start": first * MINUTE, "end": after * MINUTE, "step": step}
        for kind, name_of in ((STATUS, "statuses"), (CODE, "codes")):
            for minute, name, count in connection.execute(query(f"status_overview.{name_of}"), values):
                _add(found[kind].setdefault(name, {}), (minute - first) // step, count)
    return _largest(found[STATUS], places, step), _largest(found[CODE], places, step)


def _add(into: dict[int, float], place: int, count: float) -> None:
    into[place] = into.get(place, 0.0) + count


def _largest(found: Mapping[str, Mapping[int, float]], places: int, step: int) -> list[Stack]:
    named = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    kept = named if len(named) <= LARGEST else named[: LARGEST - 1]
    seen = {place for counts in found.values() for place in counts}
    stacks = [Stack(name=name, counts=_means([found[name]], seen, places, step)) for name in kept]
    if rest := named[len(kept) :]:
        stacks.append(Stack(name=OTHER, counts=_means([found[name] for name in rest], seen, places, step)))
    return stacks


def _means(found: Iterable[Mapping[int, float]], seen: set[int], places: int, step: int) -> list[float | None]:
    every = list(found)
    return [
        round(sum(counts.get(place, 0.0) for counts in every) / step, 3) if place in seen else None
        for place in range(places)
    ]


def _rows(connection: Connection, source: str, newest: int) -> list[CountRow]:
    values = {"source": source, "start": (newest - 1440) * MINUTE, "end": (newest + 1) * MINUTE, "most": ROWS}
    names = ("minute", "status", "code", "dimensions", "count", "received_at")
    found = connection.execute(query("status_overview.rows"), values)
    return [CountRow(**dict(zip(names, row, strict=True))) for row in found]


def _profile(database: Database, source: str, now: float) -> list[list[float | None]]:
    """The mean total a minute by weekday and hour."""
    name = f"profile_{OWN[source][0]}" if source in OWN else "profile"
    values = {"source": source, "start": now - PROFILE, "end": now}
    found: list[list[float | None]] = [[None] * 24 for _ in range(7)]
    with database.transaction() as connection:
        for day, hour, mean in connection.execute(query(f"status_overview.{name}"), values):
            found[day - 1][hour] = float(f"{mean:.3g}")
    return found
