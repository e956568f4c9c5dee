"""`POST /api/v1/webhooks/pagerduty`: what people did in PagerDuty happens here too (v3 webhooks).

Signed over the raw body by the secret of the subscription; several signatures come while a secret is changed. An event
counts once, however often it is sent, and an old one is refused, so a recorded request changes nothing.
"""

import hmac

import msgspec
from flask import Response, request
from msgspec import Struct

from core import clock, codec, events
from core.errors import BadInput
from core.settings import Settings
from core.store import incidents, webhooks
from core.store.assembly import Stores
from core.store.audit import Audit
from core.store.db import Connection
from core.store.incidents import IsResolved, NoIncident
from core.web import App, documented, problem
from core.web.admission import CLIENT
from core.web.body import json_bytes, refused

SOURCE = "pagerduty"
SECRET = "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET"
HEADER = "X-PagerDuty-Signature"
OLDEST_SECONDS = 7 * 86400.0


class Reference(Struct):
    """Somebody or something there."""

    id: str = ""
    summary: str | None = ""
    html_url: str | None = ""


class Data(Struct):
    """An incident, or a note with a reference to its incident."""

    id: str = ""
    html_url: str | None = ""
    incident_key: str | None = None
    assignees: list[Reference] = []
    incident: Reference | None = None
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
    """What came of it: done, known (counted before, or so already), or ignored (not about an incident of ours)."""

    status: str


_decoder = msgspec.json.Decoder(PagerDutyWebhook)


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the route."""
    heard = app.metrics.counter("gatehouse_webhooks_total", "Webhooks by source and outcome.", ["source", "status"])

    @app.post("/api/v1/webhooks/pagerduty")
    @documented(
        "Hear what people did in PagerDuty",
        tag="webhooks",
        scope="open",
        body=PagerDutyWebhook,
        answers={200: Heard},
        problems=(401, 404, 413, 415, 503),
        headers={HEADER: "`v1=` and HMAC-SHA256 of the raw body, in hexadecimal; several with commas."},
        description="Events incident.acknowledged, resolved, reassigned and annotated change the incident whose id is "
        "their `incident_key`. An event counts once.",
    )
    def pagerduty_webhook() -> Response:
        secret = settings.secret(SECRET)
        if not secret:
            return problem(404, f"This webhook is not configured: {SECRET} is not set.")
        body = json_bytes()
        if not is_signed(body, request.headers.get(HEADER, ""), secret):
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
    """Do what the event says, once; the word for the answer. Raises DatabaseAway."""
    if not webhooks.take(connection, SOURCE, event.id, now):
        return "known"
    incident_id = _incident(connection, event.data)
    if incident_id is None:
        return "ignored"
    person = event.agent.summary if event.agent and event.agent.summary else "somebody"
    actor = f"pagerduty:{_clean(person, 100)}"
    try:
        done = _act(connection, audit, incident_id, event, actor, now)
    except (NoIncident, IsResolved):
        return "ignored"
    return "done" if done else "known"


def _act(connection: Connection, audit: Audit, incident_id: str, event: Happening, actor: str, now: float) -> bool:
    match event.event_type:
        case "incident.acknowledged":
            return incidents.acknowledge(connection, audit, incident_id, actor, now, "acknowledged in PagerDuty")
        case "incident.resolved":
            return incidents.resolve(connection, audit, incident_id, actor, now, "resolved in PagerDuty")
        case "incident.reassigned" | "incident.delegated":
            names = ", ".join(one.summary for one in event.data.assignees if one.summary)
            return incidents.assign(connection, audit, incident_id, actor, now, _clean(names, 200))
        case "incident.annotated":
            if text := _clean(event.data.content or "", 4000):
                incidents.comment(connection, audit, incident_id, actor, now, text)
            return bool(text)
    return False


def _incident(connection: Connection, data: Data) -> str | None:
    """Which of our incidents is meant; what PagerDuty calls it is noted, since a note names only that."""
    there = data.incident.id if data.incident else data.id
    key = data.incident_key or ""
    url = data.html_url if data.html_url and data.html_url.startswith("https://") and "\0" not in data.html_url else ""
    if key and "\0" not in key + there and webhooks.link(connection, SOURCE, there, key, url[:500]):
        return key
    return webhooks.linked(connection, SOURCE, there) if "\0" not in there else None


def _clean(text: str, length: int) -> str:
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:length].strip()
