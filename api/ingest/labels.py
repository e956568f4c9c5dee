"""`POST /api/v1/labels` and `/api/v1/labels/file`: what transactions really were, with what became of each label.

They are stored before the answer (labels are few, and whoever sends them wants to know what counts now), each change
audited. Labels that need no answer may come as events, too.
"""

import secrets
from typing import Annotated, Any

from flask import Response, g, request
from msgspec import Meta, Struct, to_builtins
from werkzeug.exceptions import UnsupportedMediaType

from api.context import Memory
from core import codec, label_file, labels
from core.clock import now
from core.errors import BadInput
from core.labels import BadLabel, Given, LabelIn
from core.settings import Settings
from core.store import labels as stored
from core.store.assembly import Stores
from core.store.labels import Caller, Outcome
from core.web import App, arguments, documented, problem
from core.web.admission import CLIENT
from core.web.body import json_bytes

RESULTS = ("recorded", "unchanged", "outdated", "repeated")
SHOWN = 1000
FILES = ("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", "application/gzip")
_KEY_CHARACTERS = 150


class Labels(Struct):
    """Several labels in an object."""

    labels: list[LabelIn]


class FileQuery(Struct, forbid_unknown_fields=True):
    """How a file is taken. `source`: of rows that name none. `partial`: take the good rows although others are bad."""

    source: Annotated[str, Meta(max_length=20)] = ""
    partial: bool = False


class Taken(Struct):
    """How many labels had which result, how many are of transactions that were never scored, and each result.

    `note` says of a file that its encoding was guessed, and by which word that can be checked.
    """

    recorded: int
    unchanged: int
    outdated: int
    repeated: int
    unknown: int
    batch: str
    results: list[Outcome]
    rejected: list[BadLabel]
    note: str = ""


def install(app: App, settings: Settings, stores: Stores, memory: Memory) -> None:
    """Add both routes."""
    ahead, most = settings.config.ingest.future_seconds, settings.config.limits.max_events
    counter = app.metrics.counter("gatehouse_labels_total", "Labels that changed what a source says.")

    def take(good: list[Given], bad: list[BadLabel], batch: str, note: str = "") -> Response:
        if not settings.secret_key:
            return problem(503, "Labels cannot be audited here: GATEHOUSE_SECRET_KEY is not set.")
        caller = Caller(_actor(), request.environ.get(CLIENT), g.get("correlation_id"))
        with stores.database.transaction() as connection:
            outcomes = stored.record(connection, stores.audit, good, caller, batch)
        found = _taken(outcomes, bad, batch, note)
        counter.inc(by=found.recorded)
        return Response(codec.encode(to_builtins(found)), content_type="application/json")

    @app.post("/api/v1/labels")
    @documented(
        "Say what transactions really were",
        tag="labels",
        scope="ingest",
        body=(LabelIn, list[LabelIn], Labels),
        answers={200: Taken},
        problems=(413, 415, 503),
        headers={"Idempotency-Key": "Gives labels without `id` the keys `<key>:0`, `<key>:1` … in their order."},
        description='One label, a list, or `{"labels": […]}`. The good ones are stored and audited before the answer, '
        "which says what became of each. A chargeback outranks an appeal, an appeal an analyst; `unsure` never counts.",
    )
    def post_labels() -> Response:
        good, bad = labels.parse(json_bytes(), now(), _actor(), most=most, ahead=ahead, header_key=_idempotency_key())
        if not good:
            return _none(bad, "No label of the body is acceptable.")
        return take(good, bad, _batch())

    @app.post("/api/v1/labels/file")
    @documented(
        "Labels from a CSV file, such as the bank's chargebacks",
        tag="labels",
        scope="ingest",
        query=FileQuery,
        body=str,
        consumes="text/csv",
        answers={200: Taken},
        problems=(413, 415, 503),
        description="Columns `transaction_id` and `label` (not with `source=chargeback`), and where there are "
        "any `source`, `timestamp`, `comment`, `actor`. With a bad row nothing is taken, unless `partial` is true.",
    )
    def post_label_file() -> Response:
        asked = arguments(FileQuery)
        if request.mimetype not in FILES:
            raise UnsupportedMediaType("send the file as text/csv, or packed as application/gzip")
        found = label_file.parse(request.get_data(cache=False), now(), _actor(), ahead, asked.source or None)
        if found.bad and (not asked.partial or not found.good):
            return _none(found.bad, f"Nothing was taken: {len(found.bad)} of the file's rows are bad.")
        if not found.good:
            raise BadInput("file", "has a header and no rows")
        return take(found.good, found.bad, _batch(), found.note)


def _taken(outcomes: list[Outcome], bad: list[BadLabel], batch: str, note: str) -> Taken:
    counts = {name: sum(outcome.result == name for outcome in outcomes) for name in RESULTS}
    unknown = len({outcome.transaction_id for outcome in outcomes if not outcome.scored})
    results, rejected = outcomes[:SHOWN], bad[:SHOWN]
    return Taken(**counts, unknown=unknown, batch=batch, results=results, rejected=rejected, note=note)


def _none(bad: list[BadLabel], detail: str) -> Response:
    rejected: list[Any] = to_builtins(bad[:SHOWN])
    return problem(400, detail, "Invalid input", field=bad[0].field, recorded=0, rejected=rejected)


def _actor() -> str:
    """Who calls, as the audit log names callers."""
    return str(request.environ.get("gatehouse.user") or "anonymous")


def _batch() -> str:
    return secrets.token_hex(8)


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 0 < len(key) <= _KEY_CHARACTERS or not key.isprintable()):
        raise BadInput("Idempotency-Key", f"expected 1 to {_KEY_CHARACTERS} printable characters")
    return key
