"""`POST /api/v1/events`: one or many events in one body, the good ones taken whole, each bad one named."""

from typing import Any

from flask import Response, request
from msgspec import Struct

from api.context import ProcessCache
from api.idempotency import idempotency_key
from api.ignored_fields import FieldWatch, Ignored
from api.other_services import other_services
from core import codec, nfc
from core.clock import now
from core.errors import BadInput, Unreachable
from core.events import types as events
from core.events.limits import Shape
from core.events.retention import Kept
from core.events.types import Rejection, Sent
from core.models import registry
from core.nearest import Known
from core.policy import Policy
from core.settings import Settings
from core.stores import Stores
from core.transactions import policies
from core.web import tokens
from core.web.app import App
from core.web.body import json_bytes
from core.web.input_names import InputNames
from core.web.openapi import documented
from core.web.problems import problem

POLICY_SECONDS, FEATURES_SECONDS = 0.5, 60.0


class Batch(Struct):
    """Several events in an object."""

    events: list[Sent]


class EventsAccepted(Struct, omit_defaults=True):
    """How many events were taken, and which were not; of those that were, `ignored` are fields that no event has and
    `changed` is what was cut or cleaned; both are left out when empty.
    """

    accepted: int
    rejected: list[Rejection]
    ignored: list[Ignored] = []
    changed: list[Rejection] = []


def install(app: App, settings: Settings, stores: Stores, memory: ProcessCache) -> None:
    """Add the route."""
    limits, ingest = settings.config.limits, settings.config.ingest
    shape, kept = Shape.of(limits), Kept.of(settings.config.retention)
    taken = app.metrics.counter("gatehouse_events_taken_total", "Events accepted.")
    refused = app.metrics.counter("gatehouse_events_refused_total", "Events refused as invalid.")
    foreign = other_services(app)
    counts, known_features = InputNames(app.metrics, stores.live), ProcessCache(16)
    app.recorder.listeners.append(counts.tick)

    def features(version: int | None) -> Known | None:
        """The features of a registered model; None for another, or while it cannot be read."""

        def read() -> Known | None:
            try:
                return Known(bins.name for bins in registry.reference(stores.database, version or 0))
            except (BadInput, Unreachable):
                return None

        return known_features.remember(version, FEATURES_SECONDS, read) if version else None

    def policy() -> Policy:
        """The policy in force; while nothing can be read, the configured profile."""

        def read() -> Policy:
            try:
                found = policies.current(stores.live, stores.database)
            except Unreachable:
                found = None
            return found or _configured(settings)

        return memory.remember("policy", POLICY_SECONDS, read)

    app.telemetry.add("post_events")

    @app.post("/api/v1/events")
    @documented(
        "Ingest events",
        tag="ingest",
        scope="ingest",
        body=(Sent, list[Sent], Batch),
        answers={202: EventsAccepted},
        problems=(413, 415, 503),
        headers={
            "Idempotency-Key": "Assigns the keys `<key>:0`, `<key>:1` … to events without `id`, in order.",
            "Content-Encoding": "`gzip`, or left out.",
        },
        description=(
            'One event, a list, or `{"events": […]}`. 202 means that at least one event was accepted and is durable; '
            "repeating an event has no effect. `ignored` lists unknown fields. ECS documents (`@timestamp`, `event` "
            "…) are accepted too; values that are too long or cannot be stored are truncated or cleaned, and "
            "`changed` lists them."
        ),
    )
    def post_events() -> Response:
        key = idempotency_key()
        caller = str(request.environ.get("gatehouse.user") or "anonymous")
        watch = FieldWatch(ingest.unknown_names == "refuse", features, tokens.binding(request.environ))
        changed: list[Rejection] = []
        good, bad = events.parse(
            nfc.json(json_bytes(packed=True)),
            now(),
            policy(),
            sender=caller,
            header_key=key,
            most=limits.max_events,
            ahead=ingest.future_seconds,
            shape=shape,
            changed=changed,
            kept=kept,
            look=watch,
        )
        counts.requests(caller, len(good) + len(bad))
        if watch.found:
            counts.unknown(caller, "field", watch.found)
        refused.inc(by=len(bad))
        if watch.of_other_services:
            foreign.inc("event", by=watch.of_other_services)
        if not good:
            return problem(
                400,
                "No event in the body was accepted.",
                "Invalid input",
                field=bad[0].field,
                accepted=0,
                rejected=_plain(bad),
            )
        stores.publisher.publish(good)
        taken.inc(by=len(good))
        body: dict[str, Any] = {"accepted": len(good), "rejected": _plain(bad)}
        if told := watch.ignored():
            body["ignored"] = told
        if changed:
            body["changed"] = _plain(changed)
        return Response(codec.encode(body), 202, content_type="application/json")


def _plain(rejections: list[Rejection]) -> list[dict[str, Any]]:
    return [{"index": one.index, "field": one.field, "reason": one.reason} for one in rejections]


def _configured(settings: Settings) -> Policy:
    name = settings.config.policy.profile
    profile = settings.config.policy.profiles[name]
    return Policy(
        0, name, profile.fraud_threshold, profile.review_from, round(profile.fraud_threshold + profile.block_margin, 6)
    )
