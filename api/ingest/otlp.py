"""`POST /v1/traces`: OpenTelemetry's traces over HTTP (OTLP 1.x), whose server spans become what endpoints did."""

import hashlib
from collections.abc import Iterator
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from api.context import ProcessCache
from api.other_services import other_services
from api.otlp import answers, json, protobuf
from api.otlp.answers import JSON, PROTOBUF, TracesAccepted
from api.otlp.fold import Fold, Times
from api.otlp.json import Traces
from api.otlp.spans import Span
from core import codec, log
from core.clock import now
from core.events import provenance
from core.events.performance.reported import Reported
from core.events.retention import Kept
from core.settings import Settings
from core.stores import Stores
from core.web import raw_problem, tokens
from core.web.app import App
from core.web.body import plain_bytes
from core.web.openapi import documented
from core.web.outside import check_json

PATH = "/v1/traces"
_log = log.get(__name__)


def install(app: App, settings: Settings, stores: Stores, memory: ProcessCache) -> None:
    """Add the route."""
    limits, kept = settings.config.limits, Kept.of(settings.config.retention)
    ahead = settings.config.ingest.future_seconds
    spans = app.metrics.counter("gatehouse_otlp_spans_total", "Spans of OpenTelemetry received.", ("result",))
    foreign = other_services(app)
    app.telemetry.add("post_traces")
    app.after_request(_as_status)

    @app.post(PATH)
    @documented(
        "Send OpenTelemetry traces",
        tag="ingest",
        scope="ingest",
        body=Traces,
        answers={200: TracesAccepted},
        problems=(413, 415, 503),
        headers={"Content-Encoding": "`gzip`, or left out."},
        description=(
            "OTLP over HTTP in protobuf (`application/x-protobuf`) or JSON, gzipped or not. Server spans of HTTP "
            "requests count for their endpoint, and what they recorded as exceptions; other spans are accepted and "
            "ignored. `partialSuccess` says how many were rejected, and why. An error is answered with a "
            "`google.rpc.Status`, in the encoding of the request."
        ),
    )
    def post_traces() -> Response:
        content_type = _content_type()
        if not content_type:
            raise UnsupportedMediaType(f"send the body as {PROTOBUF} or {JSON}")
        body, at = plain_bytes(), now()
        fold = Fold(Times(at, ahead, kept), tokens.binding(request.environ))
        for span in _read(body, content_type, limits.max_json_values):
            fold.add(span)
        sender = str(request.environ.get("gatehouse.user") or "anonymous")
        key = f"otlp:{hashlib.sha256(body).hexdigest()[:40]}"
        events: list[Reported] = [*fold.events(key), *fold.raised.events(key)]
        for first in range(0, len(events), limits.max_events):
            stores.publisher.publish([_told(event, sender, at) for event in events[first : first + limits.max_events]])
        for result, count in (("taken", fold.taken), ("ignored", fold.ignored), ("rejected", fold.rejected.total())):
            if count:
                spans.inc(result, by=count)
        if fold.of_other_services:
            foreign.inc("span", by=fold.of_other_services)
        if fold.rejected:
            _log.info("spans were rejected", sender=sender, detail=answers.message(fold.rejected))
        return Response(answers.accepted(content_type, fold.rejected), content_type=content_type)


def _read(body: bytes, content_type: str, most: int) -> Iterator[Span | None]:
    if content_type == PROTOBUF:
        return protobuf.read(body, most)
    check_json(body, most)
    return json.read(codec.unmarked(body))


def _told(event: Reported, sender: str, at: float) -> Any:
    provenance.keep(event, sender, at)
    return event


def _content_type() -> str:
    """How the request is written, and so its answer; empty for what is neither."""
    return request.mimetype if request.mimetype in (PROTOBUF, JSON) else ""


def _as_status(response: Response) -> Response:
    """Every error of this path as OTLP wants it, whoever answered: the gate, the limits, the route."""
    if request.path == PATH and response.mimetype == raw_problem.CONTENT_TYPE:
        content_type = _content_type() or JSON
        document = codec.decode(response.get_data())
        detail = str(document.get("detail") or document.get("title") or "")
        response.set_data(answers.status(content_type, response.status_code, detail, document))
        response.content_type = content_type
    return response
