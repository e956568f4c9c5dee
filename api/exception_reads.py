"""`GET /api/v1/exceptions`: which bugs came in a range; `GET /api/v1/exception`: one of them, with samples."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from flask import Response, abort
from msgspec import Meta, Struct

from api import endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.endpoint_spans import HOUR
from api.window import minutes
from core import clock, codec
from core.db.engine import Connection, Database, TextClause, text
from core.db.queries import query, sql
from core.endpoints.exceptions import (
    ROUTE,
    ROUTE_OF_ONE,
    ExceptionDetail,
    ExceptionGroup,
    ExceptionRow,
    ExceptionsOverview,
    Place,
    Sample,
)
from core.endpoints.overview import LENGTHS, USUAL
from core.events.performance.exception import Cause
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

MOST = 200  # groups that are listed
PLACES = 5_000  # rows of versions and endpoints that are read
NAMED = 5  # versions and endpoints of a row
USERS, SAMPLES, LISTED = 50, 10, 50
VERSIONS = 20  # that can be chosen
BINS = {"list": 30, "one": 90}
MINUTES_KEPT = 47 * HOUR
_OF_HOURS = "FROM exception_hours o"
_OF_MINUTES = "FROM (SELECT *, '' AS version, '' AS route, '' AS method FROM exception_minutes) o"
Filter = dict[str, Any]


class ExceptionsQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, and a filter; what is empty is any. `search` is part of type, function or message."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    version: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""
    route: Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*$")] = ""
    method: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00]*$")] = ""
    search: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    state: Literal["", "open", "resolved", "ignored"] = ""


class ExceptionQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: the number of a group, and a range."""

    id: Annotated[int, Meta(ge=1, le=2_147_483_647)]
    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the routes."""

    @app.get(ROUTE)
    @documented(
        "Get exceptions grouped by bug",
        tag="endpoints",
        scope="read",
        query=ExceptionsQuery,
        answers={200: ExceptionsOverview},
        problems=(503,),
    )
    def exceptions() -> Response:
        asked, now = arguments(ExceptionsQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        with database.transaction() as connection:  # who decides sees it at once
            decided = connection.execute(query("exceptions.decided")).scalar()
        key = (ROUTE, range_answer.range_key(asked, span), *_filter(asked).values(), asked.state, decided)
        return range_answer.answer(memory, key, lambda: overview(database, asked, span, now))

    @app.get(ROUTE_OF_ONE)
    @documented(
        "Get one exception with its samples",
        tag="endpoints",
        scope="read",
        query=ExceptionQuery,
        answers={200: ExceptionDetail},
        problems=(404, 503),
    )
    def exception() -> Response:
        asked, now = arguments(ExceptionQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        found = detail(database, asked.id, span, now)
        if found is None:
            abort(404, "There is no such exception.")
        return Response(codec.encode(found), headers={"Cache-Control": "no-store"}, content_type="application/json")


def overview(database: Database, asked: ExceptionsQuery, span: tuple[int, int], now: float) -> ExceptionsOverview:
    """Of minutes [first, after), widened to whole bins. Raises DatabaseUnavailable."""
    wanted = _filter(asked)
    step, first, after, of_minutes = _bins(span, now, "list", bool(asked.version or asked.route or asked.method))
    given = {**wanted, "start": first * 60, "end": after * 60, "step": step, "state": asked.state, "most": MOST}
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        states = {row[0]: (row[1], int(row[2])) for row in connection.execute(_statement("states", of_minutes), given)}
        counts = {row[0]: int(row[1]) for row in connection.execute(_statement("rows", of_minutes), given)}
        trends = _trends(connection, list(counts), given, of_minutes)
        whole = [0] * ((after - first) // step)
        for at, count in connection.execute(_statement("whole_trend", of_minutes), given):
            whole[(at - first) // step] += int(count)
        groups = _groups(connection, list(counts))
        places = _places(connection, list(counts), first, after)
        choices = connection.execute(query("exceptions.choices")).all()
    chosen = [states[asked.state]] if asked.state in states else [] if asked.state else list(states.values())
    rows = [
        ExceptionRow(
            group=groups[number], occurrences=count, versions=_names(places[number], "version"),
            endpoints=_names(places[number], "route"), trend=trends[number],
        )
        for number, count in counts.items()
        if number in groups
    ]  # fmt: skip
    return ExceptionsOverview(
        now=now, first=first, after=after, step=step, rows=rows, more=sum(one[0] for one in chosen) - len(rows),
        occurrences=sum(one[1] for one in chosen), trend=whole, states={name: one[0] for name, one in states.items()},
        services=sorted({row[0] for row in choices}),
        versions=list(dict.fromkeys(row[1] for row in choices if row[1] and asked.service in ("", row[0])))[:VERSIONS],
    )  # fmt: skip


def detail(database: Database, number: int, span: tuple[int, int], now: float) -> ExceptionDetail | None:
    """One group over minutes [first, after), widened to whole bins; None when there is none. Raises
    DatabaseUnavailable.
    """
    step, first, after, of_minutes = _bins(span, now, "one", False)
    given: Filter = {"start": first * 60, "end": after * 60, "step": step, "version": "", "route": "", "method": ""}
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        group = _groups(connection, [number]).get(number)
        if group is None:
            return None
        trend = _trends(connection, [number], given, of_minutes)[number]
        places = _places(connection, [number], first, after)[number]
        users = connection.execute(query("exceptions.users"), {**given, "id": number, "most": USERS}).all()
        samples = connection.execute(query("exceptions.samples"), {"id": number, "most": SAMPLES}).all()
    return ExceptionDetail(
        now=now, first=first, after=after, step=step, group=group, occurrences=sum(trend), trend=trend,
        versions=sorted(_summed(places, "version"), key=lambda one: (-one.last, -one.first, one.version))[:LISTED],
        endpoints=_summed(places, "route", "method")[:LISTED],
        users=[Place(user=row[0], occurrences=int(row[1]), first=row[2], last=row[3]) for row in users],
        samples=[_sample(row) for row in samples],
    )  # fmt: skip


def _bins(span: tuple[int, int], now: float, what: str, by_place: bool) -> tuple[int, int, int, bool]:
    """Step, first and last minute of a range, and whether it is read by the minute: those are kept for two days."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS[what])
    if step >= HOUR or by_place or span[0] < now // 60 - MINUTES_KEPT:
        step = max(step, HOUR)
        return step, *endpoint_spans.widened(*span, step), False
    return step, *endpoint_spans.widened(*span, step), True


@cache
def _statement(name: str, of_minutes: bool) -> TextClause:
    """A query over hours, or the same over minutes, which know neither version nor endpoint."""
    known = sql(f"exceptions.{name}")
    return text(known.replace(_OF_HOURS, _OF_MINUTES) if of_minutes else known)


def _filter(asked: ExceptionsQuery) -> dict[str, str]:
    return {name: getattr(asked, name) for name in ("service", "version", "route", "method", "search")}


def _trends(connection: Connection, ids: list[int], given: Filter, of_minutes: bool) -> dict[int, list[int]]:
    first, step = given["start"] // 60, given["step"]
    bins = (given["end"] // 60 - first) // step
    found: dict[int, list[int]] = defaultdict(lambda: [0] * bins)
    if ids:
        for number, at, count in connection.execute(_statement("trend", of_minutes), {**given, "ids": ids}):
            found[number][(at - first) // step] += int(count)
    return found


def _groups(connection: Connection, ids: list[int]) -> dict[int, ExceptionGroup]:
    rows = connection.execute(query("exceptions.groups"), {"ids": ids}).mappings() if ids else ()
    return {row["id"]: msgspec.convert({**row, "total": int(row["total"])}, ExceptionGroup) for row in rows}


def _places(connection: Connection, ids: list[int], first: int, after: int) -> dict[int, list[Place]]:
    """Versions and endpoints of groups in the hours that a range touches, the most frequent first."""
    start, end = endpoint_spans.widened(first, after, HOUR)
    given = {"ids": ids, "start": start * 60, "end": end * 60, "most": PLACES}
    found: dict[int, list[Place]] = defaultdict(list)
    for number, version, route, method, count, since, last in (
        connection.execute(query("exceptions.places"), given) if ids else ()
    ):
        place = Place(version=version, route=route, method=method, occurrences=int(count), first=since, last=last)
        found[number].append(place)
    return found


def _names(places: Iterable[Place], by: str) -> list[str]:
    """The most frequent versions, or endpoints."""
    summed = _summed(places, *(("route", "method") if by == "route" else (by,)))
    said = (one.version if by == "version" else f"{one.method} {one.route}".strip() for one in summed)
    return [one for one in said if one][:NAMED]


def _summed(places: Iterable[Place], *by: str) -> list[Place]:
    """Places that agree in these fields added up, the most frequent first."""
    groups: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for one in places:
        groups[tuple(getattr(one, name) for name in by)].append(one)
    found = [
        Place(
            occurrences=sum(one.occurrences for one in each), first=min(one.first for one in each),
            last=max(one.last for one in each), **dict(zip(by, key, strict=True)),
        )
        for key, each in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.occurrences, one.version, one.route, one.method))


class _Stack(Struct):
    chain: list[Cause]
    left_out: int = 0
    text: str = ""


def _sample(row: Any) -> Sample:
    stack = msgspec.json.decode(row[7], type=_Stack)
    return Sample(
        id=row[0], timestamp=row[1], version=row[2], route=row[3], method=row[4], user=row[5], message=row[6],
        chain=stack.chain, left_out=stack.left_out, text=stack.text,
    )  # fmt: skip
