"""`POST /api/transaction`: counts of transaction statuses by the minute, each answered with what is thought of it."""

from typing import Annotated, Literal

import msgspec
from flask import Response, request
from msgspec import Meta, Struct

from api import status_rows
from api.context import ProcessCache
from api.idempotency import idempotency_key
from api.ignored_fields import Ignored
from api.status_advice import Advice, EpisodeOfRow, Range, StatusAdvice
from api.status_rows import MINUTE, StatusRow
from core import nfc
from core.clock import now, to_datetime
from core.events.status_series import MOST_COUNT, MOST_DIMENSIONS, SOURCE
from core.events.types import Rejection
from core.input_names import LONGEST, MOST
from core.settings import Settings
from core.statuses.detector import params
from core.stores import Stores
from core.web.app import App
from core.web.body import json_bytes
from core.web.openapi import documented
from core.web.problems import problem

Recommendation = Literal["ok", "alert"]
_NAMED = 1000  # wrong rows that an answer spells out
_encoder = msgspec.json.Encoder()


class RowIn(Struct):
    """How many transactions of a status, of a code, or of both a minute had; one of the two is needed.

    Further fields with text (gateway, issuer, country …) are dimensions, too. Of two values of source, minute, status,
    code and dimensions the one that is received later counts; `add` adds instead.
    """

    count: Annotated[int, Meta(ge=0, le=MOST_COUNT)]
    status: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    auth_code: str | Annotated[int, Meta(ge=0, le=99)] | None = None
    timestamp: str | float | None = None
    source: str = SOURCE
    add: bool = False
    dimensions: Annotated[dict[str, str], Meta(max_length=MOST_DIMENSIONS)] = {}


class RowsIn(Struct):
    """Several rows in an object."""

    rows: list[RowIn]


class RowOut(Struct):
    """A row that was taken, and what is thought of its series: the expected range (counts a minute), evidence and line
    in nats, and the episode that its minute lies in; null: not judged, or none.
    """

    index: int
    timestamp: str
    source: str
    status: str | None
    auth_code: str | None
    count: int
    recommendation: Recommendation
    expected: Range | None
    evidence: float | None
    line: float | None
    episode: EpisodeOfRow | None


class RowsAccepted(Struct):
    """`recommendation` is alert when that of a row is. `ignored`: fields that are no text and not of a row."""

    recommendation: Recommendation
    accepted: int
    rejected: list[Rejection]
    rows: list[RowOut]
    ignored: list[Ignored] = []


def install(app: App, settings: Settings, stores: Stores, memory: ProcessCache) -> None:
    """Add the route."""
    ingest, most = settings.config.ingest, settings.config.limits.max_status_rows
    taken = app.metrics.counter("gatehouse_status_rows_taken_total", "Rows of transaction statuses accepted.")
    refused = app.metrics.counter("gatehouse_status_rows_refused_total", "Rows of transaction statuses refused.")
    advice, known = StatusAdvice(stores, params.load(settings)), status_rows.KnownSeries()
    app.telemetry.add("post_transaction")

    @app.post("/api/transaction")
    @documented(
        "Send transaction statuses by the minute",
        tag="statuses",
        scope="ingest",
        body=(RowIn, list[RowIn], RowsIn),
        answers={200: RowsAccepted},
        problems=(413, 415, 503),
        headers={"Idempotency-Key": "A request that is repeated with its key counts once, also with `add`."},
        description=(
            'One row, a list, or `{"rows": […]}`. 200 means that at least one row was accepted and is durable; the '
            "others are in `rejected` with field and reason."
        ),
    )
    def post_transaction() -> Response:
        key, at = idempotency_key(), now()
        strict = ingest.unknown_names == "refuse"
        body = nfc.json(json_bytes())
        parsed = status_rows.parse(body, at, most=most, ahead=ingest.future_seconds, strict=strict, known=known)
        refused.inc(by=len(parsed.rejected))
        if not parsed.rows:
            first = parsed.rejected[0]
            rejected = msgspec.to_builtins(parsed.rejected[:_NAMED])
            detail = f"No row was accepted. Row {first.index}: {first.reason}."
            return problem(400, detail, "Invalid input", field=first.field, accepted=0, rejected=rejected)
        sender = str(request.environ.get("gatehouse.user") or "anonymous")
        stores.publisher.publish([status_rows.event(parsed.rows, at, sender, key)])
        taken.inc(by=len(parsed.rows))
        found = advice.advise(parsed.rows)
        answer = RowsAccepted(
            "alert" if any(one.recommendation == "alert" for one in found) else "ok",
            len(parsed.rows),
            parsed.rejected[:_NAMED],
            _answers(parsed.rows, found),
            _ignored(parsed.ignored),
        )
        return Response(_encoder.encode(answer), content_type="application/json")


def _ignored(found: dict[str, tuple[int, int]]) -> list[Ignored]:
    most = sorted(found.items(), key=lambda item: -item[1][1])[:MOST]
    return [Ignored(f"$.{name[:LONGEST]}", first, count) for name, (first, count) in most]


def _answers(rows: list[StatusRow], advice: list[Advice]) -> list[RowOut]:
    stamps = {minute: f"{to_datetime(minute * MINUTE):%Y-%m-%dT%H:%M:%SZ}" for minute in {row.minute for row in rows}}
    return [
        RowOut(
            row.index,
            stamps[row.minute],
            row.source,
            row.status or None,
            row.auth_code or None,
            row.count,
            said.recommendation,
            said.expected,
            said.evidence,
            said.line,
            said.episode,
        )
        for row, said in zip(rows, advice, strict=True)
    ]
