"""Reads of transaction statuses: recent rows, statistics of every series, and whether the whole of it works."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from flask import Response, request
from msgspec import Meta, Struct

from api.status_advice import StatusAdvice
from api.status_stats import SeriesStats, figures
from core.clock import iso, now
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput, Unreachable
from core.events.times import when
from core.settings import Settings
from core.statuses import store
from core.statuses.detector import params
from core.statuses.episode import MINUTE
from core.stores import Stores
from core.web.admission import CLIENT
from core.web.app import App
from core.web.body import arguments
from core.web.client import within
from core.web.openapi import documented

WAITS = 120.0  # seconds after which a change should have been judged
_ROW = ("source", "status", "auth_code", "dimensions")
_encoder = msgspec.json.Encoder()
_place = msgspec.json.Decoder(tuple[float, str, str, str, str])
Word = Annotated[str, Meta(max_length=100)]


class RecentQuery(Struct, forbid_unknown_fields=True):
    """All optional. `before`: only minutes before this time (ISO 8601, epoch seconds), or `next` of the last page."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    source: Word = ""
    status: Word = ""
    before: Annotated[str, Meta(max_length=4000)] = ""


class StoredRow(Struct, frozen=True):
    """A count of a minute as it is stored."""

    timestamp: str
    source: str
    status: str | None
    auth_code: str | None
    count: int
    dimensions: dict[str, str]
    received_at: str


class RecentRows(Struct, frozen=True):
    """Rows, the newest first; `next` is the `before` of the next page, null at the end."""

    rows: list[StoredRow]
    next: str | None


class StatsQuery(Struct, forbid_unknown_fields=True):
    """`hours`: how far back from each source's newest minute. `source`: only this one."""

    hours: Annotated[int, Meta(ge=1, le=168)] = 24
    source: Word = ""


class SourceStats(Struct, frozen=True):
    """A source's series over the minutes from `start` up to and with `end`."""

    source: str
    start: str
    end: str
    series: list[SeriesStats]


class Stats(Struct, frozen=True):
    """Statistics by source."""

    sources: list[SourceStats]


class FeedHealth(Struct, frozen=True):
    """A source's newest minute and its age, when it came, the newest judged minute, minutes that changed after that,
    seconds for which a change has waited for the judge, and why it could not be judged ("": it was).
    """

    source: str
    newest: str
    age_seconds: float
    received_at: str
    judged: str | None
    late: int
    waiting_seconds: float
    problem: str


class Health(Struct, frozen=True, omit_defaults=True):
    """`degraded`: a store is unreachable, or something waits to be judged. Only `status` where details are not due."""

    status: Literal["ok", "degraded"]
    redis: bool | None = None
    postgres: bool | None = None
    feeds: list[FeedHealth] | None = None


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the routes."""
    advice = StatusAdvice(stores, params.load(settings))

    @app.get("/api/transactions")
    @documented(
        "List recent counts of transaction statuses",
        tag="statuses",
        scope="read",
        query=RecentQuery,
        answers={200: RecentRows},
        problems=(503,),
    )
    def recent_transactions() -> Response:
        asked = arguments(RecentQuery)
        with stores.database.transaction() as connection:
            return _json(_recent(connection, asked, now()))

    @app.get("/api/stats")
    @documented(
        "Statistics and thresholds of every series of transaction statuses",
        tag="statuses",
        scope="read",
        query=StatsQuery,
        answers={200: Stats},
        problems=(503,),
    )
    def status_stats() -> Response:
        asked = arguments(StatsQuery)
        found = []
        with stores.database.transaction() as connection:
            for feed in connection.execute(query("status_reads.feeds")).all():
                if asked.source in ("", feed.source):
                    first = feed.minute + 1 - asked.hours * 60
                    counts = store.counts(connection, feed.source, first, feed.minute + 1)
                    series = figures(counts, feed.minute, advice.thresholds(feed.source))
                    start, end = iso(first * MINUTE), iso(feed.minute * MINUTE)
                    found.append(SourceStats(feed.source, start, end, series))
        return _json(Stats(found))

    @app.get("/api/health")
    @documented(
        "Health of transaction statuses; details for callers in the operations networks or with scope read",
        tag="statuses",
        scope="open",
        answers={200: Health},
    )
    def status_health() -> Response:
        found = _health(stores, now())
        inside = app.gate is None or within(request.environ.get(CLIENT, ""), app.operations)
        if not inside and not (app.gate and app.gate.opens(request.environ, "read")):
            found = Health(found.status)
        answer = _json(found)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _recent(connection: Connection, asked: RecentQuery, at: float) -> RecentRows:
    before, *place = _before(asked.before, at)
    given = {f"before_{name.removeprefix('auth_')}": text for name, text in zip(_ROW, place, strict=True)}
    words = {"source": asked.source.strip().lower(), "status": asked.status.strip().lower(), "limit": asked.limit}
    found = connection.execute(query("status_reads.recent"), {**words, **given, "before": before}).all()
    rows = [
        StoredRow(
            f"{one.timestamp:%Y-%m-%dT%H:%M:%SZ}",
            one.source,
            one.status or None,
            one.auth_code or None,
            one.number,
            msgspec.json.decode(one.dimensions or "{}"),
            iso(one.received_at.timestamp()),
        )
        for one in found
    ]
    if len(found) < asked.limit:
        return RecentRows(rows, None)
    last = found[-1]
    key = (last.timestamp.timestamp(), *(getattr(last, name) for name in _ROW))
    return RecentRows(rows, urlsafe_b64encode(_encoder.encode(key)).decode().rstrip("="))


def _before(text: str, at: float) -> tuple[float, str, str, str, str]:
    """The place before which rows are wanted: a minute's beginning, or a row. Raises BadInput."""
    if not text:
        return at + 366 * 86400, "", "", "", ""
    try:
        return _place.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        pass
    try:
        moment = when(_number(text), at, 366 * 86400)
    except (BadInput, OverflowError):
        raise BadInput("?before", "expected a time (ISO 8601 or epoch seconds) or a page's `next`") from None
    return moment // MINUTE * MINUTE, "", "", "", ""


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _health(stores: Stores, at: float) -> Health:
    redis = _answers(stores.live.check_writes)
    try:
        with stores.database.transaction() as connection:
            found = connection.execute(query("status_reads.feeds")).all()
    except Unreachable:
        return Health("degraded", redis=redis, postgres=False, feeds=[])
    feeds = [_feed(one, at) for one in found]
    waits = any(one.waiting_seconds > WAITS or one.problem for one in feeds)
    return Health("ok" if redis and not waits else "degraded", redis=redis, postgres=True, feeds=feeds)


def _feed(one: Any, at: float) -> FeedHealth:
    return FeedHealth(
        one.source,
        iso(one.minute * MINUTE),
        round(max(0.0, at - (one.minute + 1) * MINUTE), 1),
        iso(one.received_at),
        None if one.judged is None else iso(one.judged * MINUTE),
        one.late,
        0.0 if one.waiting_since is None else round(max(0.0, at - one.waiting_since), 1),
        one.problem,
    )


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except Unreachable:
        return False
    return True


def _json(value: Any) -> Response:
    return Response(_encoder.encode(value), content_type="application/json")
