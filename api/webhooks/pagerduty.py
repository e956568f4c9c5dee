"""`POST /api/v1/webhooks/pagerduty`: what people did in PagerDuty happens here too (v3 webhooks).

Signed over the raw body by the secret of the subscription; several signatures come while a secret is changed. An event
counts once, however often it is sent, and an old one is refused, so a recorded request changes nothing.
"""

import hmac
from datetime import datetime

import msgspec
from flask import Response, request
from msgspec import Struct

from api import undo
from core import clock, codec, log
from core.alerting import incident_groups, incidents, webhooks
from core.alerting.acknowledge_all import acknowledge_all
from core.alerting.incidents import IsResolved, NoIncident
from core.audit.chain import Audit
from core.db.engine import Connection
from core.errors import BadInput
from core.events import types as events
from core.settings import Settings
from core.stores import Stores
from core.web.admission import CLIENT
from core.web.app import App
from core.web.body import json_bytes, refused
from core.web.openapi import documented
from core.web.problems import problem

SOURCE = "pagerduty"
SECRET = "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET"
HEADER = "X-PagerDuty-Signature"
OLDEST_SECONDS = 7 * 86400.0

# Followed: what changes the incident here, and what is worth a line on its timeline.
STATES = ("incident.acknowledged", "incident.unacknowledged", "incident.resolved", "incident.reopened")
ASSIGNMENTS = ("incident.reassigned", "incident.delegated")
EACH = ("incident.resolved", *ASSIGNMENTS)  # done to each incident of a group that is not over; the rest is done once
NOTES = {
    "incident.escalated": "escalated in PagerDuty",
    "incident.priority_updated": "priority changed in PagerDuty",
    "incident.responder.added": "a responder was added in PagerDuty",
    "incident.responder.replied": "a responder replied in PagerDuty",
    "incident.status_update_published": "a status update was published in PagerDuty",
}
# Left alone: PagerDuty's own affairs, which change nothing here.
IGNORED = (
    "incident.triggered", "incident.conference_bridge.updated", "incident.custom_field_values.updated",
    "incident.incident_type.changed", "incident.role.assigned", "incident.service_updated",
    "incident.action_invocation.created", "incident.action_invocation.terminated",
    "incident.action_invocation.updated", "incident.workflow.started", "incident.workflow.completed",
    "incident.task.created", "incident.task.updated", "incident.task.deleted", "pagey.ping",
)  # fmt: skip
SKEW_SECONDS = 30.0  # how far PagerDuty's clock and ours may be apart


class Reference(Struct):
    """Somebody or something there."""

    id: str | None = ""
    type: str | None = ""
    summary: str | None = ""
    html_url: str | None = ""


class Data(Struct):
    """An incident, or a note with a reference to its incident."""

    id: str | None = ""
    html_url: str | None = ""
    incident_key: str | None = None
    assignees: list[Reference] | None = None
    incident: Reference | None = None
    priority: Reference | None = None
    content: str | None = ""


class Happening(Struct):
    """`event` of a webhook."""

    id: str
    event_type: str
    occurred_at: str
    data: Data
    agent: Reference | None = None


class PagerDutyWebhook(Struct):
    """The body."""

    event: Happening


class Heard(Struct):
    """What came of it: done, known (counted before, or so already), or ignored (not ours, late, or not followed)."""

    status: str


_decoder = msgspec.json.Decoder(PagerDutyWebhook)


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the route."""
    heard = app.metrics.counter("gatehouse_webhooks_total", "Webhooks by source and outcome.", ["source", "status"])

    @app.post("/api/v1/webhooks/pagerduty")
    @documented(
        "Receive PagerDuty webhooks",
        tag="webhooks",
        scope="open",
        body=PagerDutyWebhook,
        answers={200: Heard},
        problems=(401, 404, 413, 415, 503),
        headers={HEADER: "`v1=` and the HMAC-SHA256 of the raw body in hexadecimal; several separated by commas."},
        description="Events incident.acknowledged, unacknowledged, resolved, reopened, reassigned, delegated and "
        "annotated update the incident whose id is their `incident_key`; escalated, priority_updated, responder and "
        "status update events are added to its timeline. Duplicate and out-of-date events are ignored.",
    )
    def pagerduty_webhook() -> Response:
        secret = settings.secret(SECRET)
        if not secret:
            return problem(404, f"This webhook is not configured: {SECRET} is not set.")
        body = json_bytes(keep=True)
        if not is_signed(request.get_data(), request.headers.get(HEADER, ""), secret):
            heard.inc(SOURCE, "refused")
            if app.admission:
                app.admission.token_refused(request.environ.get(CLIENT, ""), "")
            return problem(401, f"{HEADER} is missing or wrong.", field=HEADER)
        now = clock.now()
        try:
            event = _decoder.decode(body).event
        except msgspec.DecodeError as error:
            raise refused(error) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise BadInput("$", "the body is not valid JSON text") from error
        check_age(event, now)
        with stores.database.transaction() as connection:
            status = apply(connection, stores.audit, event, now)
        heard.inc(SOURCE, status)
        return Response(codec.encode({"status": status}), content_type="application/json")


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether one of the header's signatures holds; every one of them is compared, in constant time."""
    wanted = hmac.new(secret.encode(), body, "sha256").hexdigest().encode()
    given = [part.strip().removeprefix("v1=") for part in header.split(",")[:10] if part.strip().startswith("v1=")]
    return sum(hmac.compare_digest(one.encode(), wanted) for one in given) > 0


def check_age(event: Happening, now: float) -> None:
    """Raise BadInput for an event that is older than what is remembered of events, or has no id."""
    if not 0 < len(event.id) <= 200 or "\0" in event.id:
        raise BadInput("$.event.id", "expected 1 to 200 characters")
    try:
        at = events.when(event.occurred_at, now, 86400.0)
    except BadInput as error:
        raise BadInput("$.event.occurred_at", error.reason) from None
    if now - at > OLDEST_SECONDS:
        raise BadInput("$.event.occurred_at", "the event is more than seven days old")


def apply(connection: Connection, audit: Audit, event: Happening, now: float) -> str:
    """Do what the event says, once; the word for the answer. Raises DatabaseUnavailable."""
    if not webhooks.take(connection, SOURCE, event.id, now):
        return "known"
    incident_id = _incident(connection, event.data)
    if incident_id is None:
        return "ignored"
    person = event.agent.summary if event.agent and event.agent.summary else "somebody"
    actor = f"pagerduty:{_clean(person, 100)}"
    at = events.when(event.occurred_at, now, 86400.0)
    if _is_late(connection, event, at):
        return "ignored"
    meant = _members(connection, incident_id) if event.event_type in EACH else [incident_id]
    outcomes = {_tried(connection, audit, one, event, actor, at, now) for one in meant}
    return next(word for word in ("done", "known", "ignored") if word in outcomes)


def _is_late(connection: Connection, event: Happening, at: float) -> bool:
    """Whether a later change of the same thing was taken before; this one is noted as the newest otherwise."""
    there = _there(event.data)
    if event.event_type in STATES:
        return not webhooks.is_newest(connection, SOURCE, there, "state", at)
    if event.event_type in ASSIGNMENTS:
        return not webhooks.is_newest(connection, SOURCE, there, "assigned", at)
    return False


def _members(connection: Connection, incident_id: str) -> list[str]:
    """PagerDuty shows one incident for a storm: what people do there is about all of it that is not over."""
    incident_groups.lock_of(connection, [incident_id])
    return incident_groups.members(connection, incident_id) or [incident_id]


def _tried(
    connection: Connection, audit: Audit, incident_id: str, event: Happening, actor: str, at: float, now: float
) -> str:
    try:
        done = _act(connection, audit, incident_id, event, actor, at, now)
    except (NoIncident, IsResolved):
        return "ignored"
    return "ignored" if done is None else "done" if done else "known"


def _act(
    connection: Connection, audit: Audit, incident_id: str, event: Happening, actor: str, at: float, now: float
) -> bool | None:
    """Whether it changed something here; None when it is late or not followed."""
    if event.event_type in STATES:
        return _change_state(connection, audit, incident_id, event, actor, at, now)
    if event.event_type in ASSIGNMENTS:
        return incidents.assign(connection, audit, incident_id, actor, now, _assignees(event.data))
    if event.event_type == "incident.annotated":
        if text := _clean(event.data.content or "", 4000):
            incidents.comment(connection, audit, incident_id, actor, now, text)
        return bool(text)
    if text := NOTES.get(event.event_type, ""):
        more = _assignees(event.data) if event.event_type == "incident.escalated" else _priority(event.data)
        incidents.note(connection, incident_id, now, "comment", actor, f"{text}: {more}" if more else text)
        return True
    if event.event_type not in IGNORED:
        log.get("webhooks").info("unsupported PagerDuty event", event_type=_clean(event.event_type, 100))
    return None


def _change_state(
    connection: Connection, audit: Audit, incident_id: str, event: Happening, actor: str, at: float, now: float
) -> bool | None:
    incident = incidents.get(connection, incident_id)
    match event.event_type:
        case "incident.acknowledged":
            return acknowledge_all(connection, audit, incident_id, actor, now, "acknowledged in PagerDuty")
        case "incident.unacknowledged":
            if _was_later(incident.acknowledged_at, incident.acknowledged_by, at):
                return None
            return undo.unacknowledge(connection, audit, incident_id, actor, now, "unacknowledged in PagerDuty")
        case "incident.reopened":
            if _was_later(incident.resolved_at, incident.resolved_by, at):
                return None
            text = f"reopened in PagerDuty by {actor.removeprefix('pagerduty:')}"
            return undo.reopen(connection, audit, incident_id, actor, now, text, SOURCE)
    if not _is_person(event.agent):
        if incident.status != "resolved":
            incidents.note(connection, incident_id, now, "comment", actor, "resolved automatically in PagerDuty")
        return None
    return incidents.resolve(connection, audit, incident_id, actor, now, "resolved in PagerDuty")


def _was_later(here_at: datetime | None, here_by: str | None, at: float) -> bool:
    """Whether what the event takes back was done here, after it happened there."""
    if here_at is None or (here_by or "").startswith(f"{SOURCE}:"):
        return False
    return here_at.timestamp() - SKEW_SECONDS > at


def _is_person(agent: Reference | None) -> bool:
    """PagerDuty resolves by itself too (after a time, or because we did); its agent is then a service."""
    return agent is None or not agent.type or agent.type.startswith("user")


def _assignees(data: Data) -> str:
    return _clean(", ".join(one.summary for one in data.assignees or [] if one.summary), 200)


def _priority(data: Data) -> str:
    return _clean((data.priority.summary if data.priority else "") or "", 100)


def _there(data: Data) -> str:
    """What PagerDuty calls the incident."""
    return (data.incident.id if data.incident else data.id) or ""


def _incident(connection: Connection, data: Data) -> str | None:
    """Which of our incidents is meant; what PagerDuty calls it is noted, since a note names only that."""
    there, key = _there(data), data.incident_key or ""
    url = data.html_url if data.html_url and data.html_url.startswith("https://") and "\0" not in data.html_url else ""
    if key and "\0" not in key + there and webhooks.link(connection, SOURCE, there, key, url[:500]):
        return key
    return webhooks.linked(connection, SOURCE, there) if "\0" not in there else None


def _clean(text: str, length: int) -> str:
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:length].strip()
