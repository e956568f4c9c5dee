"""`POST /api/v1/labels` and `/api/v1/labels/file`: what transactions really were, with what became of each label.

They are stored before the answer (labels are few, and whoever sends them wants to know what counts now), each change
audited. Labels that need no answer may come as events, too.
"""

import secrets
from typing import Annotated, Any

from flask import Response, g, request
from msgspec import Meta, Struct, to_builtins
from werkzeug.exceptions import UnsupportedMediaType

from api.context import ProcessCache
from api.idempotency import idempotency_key
from core import bounded_process, codec, nfc
from core.clock import now
from core.errors import BadInput
from core.settings import Settings
from core.stores import Stores
from core.transactions import label_file, label_file_store, labels
from core.transactions import label_store as stored
from core.transactions.label_file import Asked
from core.transactions.label_store import Caller, LabelResult
from core.transactions.labels import BadLabel, Given, LabelIn
from core.web.admission import CLIENT
from core.web.app import App
from core.web.body import arguments, json_bytes
from core.web.openapi import documented
from core.web.problems import problem

RESULTS = ("recorded", "unchanged", "outdated", "repeated")
SHOWN = 1000
PACKED = ("application/gzip", "application/x-xz", "application/x-bzip2")
FILES = ("text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", *PACKED)


class Labels(Struct):
    """Several labels in an object."""

    labels: list[LabelIn]


class FileQuery(Struct, forbid_unknown_fields=True):
    """How a file is taken. `source`: of rows that name none. `partial`: take the good rows although others are bad.
    `dry_run`: only say how the file is read. `id_column`: which column names the transaction; `zone`: of times that
    name none, such as Asia/Tokyo (default: UTC).
    """

    source: Annotated[str, Meta(max_length=20)] = ""
    partial: bool = False
    dry_run: bool = False
    id_column: Annotated[str, Meta(max_length=200)] = ""
    zone: Annotated[str, Meta(max_length=64)] = ""


class Read(Struct):
    """How a file was read: what it was recognised as ("" by our own names), its columns by ours, what was guessed in
    sentences, how many labels say what, and the ids that were never scored here.
    """

    kind: str
    columns: dict[str, str]
    guessed: list[str]
    labels: dict[str, int]
    unmatched: list[str]


class LabelsRecorded(Struct):
    """How many labels had which result, how many are of transactions that were never scored, and each result.

    `note` says of a file that its encoding was guessed, and by which word that can be checked.
    """

    recorded: int
    unchanged: int
    outdated: int
    repeated: int
    unknown: int
    batch: str
    results: list[LabelResult]
    rejected: list[BadLabel]
    note: str = ""
    dry_run: bool = False
    read: Read | None = None


def install(app: App, settings: Settings, stores: Stores, memory: ProcessCache) -> None:
    """Add both routes."""
    ahead, most = settings.config.ingest.future_seconds, settings.config.limits.max_events
    bounds = bounded_process.reading(settings.config.uploads)
    label_limits = label_file.Limits.of(settings.config.uploads)
    counter = app.metrics.counter("gatehouse_labels_total", "Labels that changed the label of a source.")

    def take(good: list[Given], bad: list[BadLabel], batch: str, note: str = "", read: Read | None = None) -> Response:
        if not settings.secret_key:
            return problem(503, "Labels cannot be audited because GATEHOUSE_SECRET_KEY is not set.")
        caller = Caller(_actor(), request.environ.get(CLIENT), g.get("correlation_id"))
        with stores.database.transaction() as connection:
            outcomes = stored.record(connection, stores.audit, labels.sent(good, _actor()), caller, batch)
        found = _taken(outcomes, bad, batch, note, read)
        counter.inc(by=found.recorded)
        return Response(codec.encode(to_builtins(found)), content_type="application/json")

    @app.post("/api/v1/labels")
    @documented(
        "Label transactions",
        tag="labels",
        scope="ingest",
        body=(LabelIn, list[LabelIn], Labels),
        answers={200: LabelsRecorded},
        problems=(413, 415, 503),
        headers={"Idempotency-Key": "Assigns the keys `<key>:0`, `<key>:1` … to labels without `id`, in order."},
        description=(
            'One label, a list, or `{"labels": […]}`. Valid labels are stored and audited before the response, which '
            "reports the outcome of each. Chargebacks outrank appeals, and appeals outrank analysts; `unsure` never "
            "counts."
        ),
    )
    def post_labels() -> Response:
        good, bad = labels.parse(
            nfc.json(json_bytes()), now(), _actor(), most=most, ahead=ahead, header_key=idempotency_key()
        )
        if not good:
            return _none(bad, "No label in the body was accepted.")
        return take(good, bad, _batch())

    @app.post("/api/v1/labels/file")
    @documented(
        "Upload labels from a CSV file",
        tag="labels",
        scope="ingest",
        query=FileQuery,
        body=str,
        consumes="text/csv",
        answers={200: LabelsRecorded},
        problems=(413, 415, 503),
        description="Columns `transaction_id` and `label` (not with `source=chargeback`), and where there are "
        "any `source`, `timestamp`, `comment`, `actor`; or an export of disputes of Stripe, Adyen, Braintree or "
        f"PayPal, recognised by its header. At most {label_limits.rows:,} rows (`labels_rows`). An invalid row rejects "
        "the whole file unless `partial` is true. `dry_run` reports how the file is read and imports nothing.",
    )
    def post_label_file() -> Response:
        asked = arguments(FileQuery)
        if request.mimetype not in FILES:
            raise UnsupportedMediaType(f"send the file as text/csv, or packed as {', '.join(PACKED)}")
        body, said = request.get_data(cache=False), Asked(asked.source or None, asked.zone, asked.id_column)
        found = bounded_process.call(label_file.parse, body, now(), _actor(), ahead, said, label_limits, bounds=bounds)
        if found.bad and (not asked.partial or not found.good):
            return _none(found.bad, f"No labels were imported: {len(found.bad)} rows of the file are invalid.")
        if not found.good:
            raise BadInput("file", "has a header and no rows")
        with stores.database.transaction() as connection:
            matched = label_file_store.match(connection, found)
        words = label_file_store.labels_by_word(matched.good)
        read = Read(found.kind, matched.columns, matched.guessed, words, matched.unmatched)
        if asked.dry_run:
            counts: dict[str, Any] = dict.fromkeys(RESULTS, 0)
            dry = LabelsRecorded(
                **counts, unknown=len(read.unmatched), batch="", results=[], rejected=found.bad[:SHOWN]
            )
            dry.note, dry.dry_run, dry.read = found.note, True, read
            return Response(codec.encode(to_builtins(dry)), content_type="application/json")
        return take(matched.good, found.bad, _batch(), found.note, read)


def _taken(
    outcomes: list[LabelResult], bad: list[BadLabel], batch: str, note: str, read: Read | None
) -> LabelsRecorded:
    counts: dict[str, Any] = {name: sum(outcome.result == name for outcome in outcomes) for name in RESULTS}
    unknown = len({outcome.transaction_id for outcome in outcomes if not outcome.scored})
    results, rejected = outcomes[:SHOWN], bad[:SHOWN]
    return LabelsRecorded(
        **counts, unknown=unknown, batch=batch, results=results, rejected=rejected, note=note, read=read
    )


def _none(bad: list[BadLabel], detail: str) -> Response:
    rejected: list[Any] = to_builtins(bad[:SHOWN])
    return problem(400, detail, "Invalid input", field=bad[0].field, recorded=0, rejected=rejected)


def _actor() -> str:
    """Who calls, as the audit log names callers."""
    return str(request.environ.get("gatehouse.user") or "anonymous")


def _batch() -> str:
    return secrets.token_hex(8)
