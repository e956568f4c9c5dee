"""PagerDuty's Events API v2: checks each event as the real one does, groups by `dedup_key`, sends v3 webhooks back."""

import hmac
import secrets
import threading
from collections.abc import Mapping
from threading import Lock
from typing import Any

from core import clock, codec
from core.errors import HttpUnavailable
from core.http import HttpClient
from simulator.receiving.contract import Reply, Request, json

LARGEST = 512 * 1024
ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
HOOK = "/api/v1/webhooks/pagerduty"

STATUS_AFTER = {
    "acknowledged": "acknowledged", "resolved": "resolved", "unacknowledged": "triggered", "reopened": "triggered",
}  # fmt: skip

VARIABLES = ("GATEHOUSE_PAGERDUTY_ROUTING_KEY", "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET")


def receiver(variables: Mapping[str, str]) -> "PagerDuty":
    """With the routing key that it knows, and the monitoring API as the subscriber of its webhook."""
    return PagerDuty(
        variables["GATEHOUSE_PAGERDUTY_ROUTING_KEY"],
        variables.get("GATEHOUSE_PUBLIC_API_URL", "") + HOOK,
        variables["GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET"],
    )


class PagerDuty:
    """`incidents`: dedup_key → one dictionary for each incident that was opened under it, newest last."""

    name = "pagerduty"
    odd = b'{"status":"throttled"}'

    def __init__(self, routing_key: str, webhook_url: str = "", webhook_secret: str = "") -> None:
        self._routing_key = routing_key
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._lock = Lock()
        self.incidents: dict[str, list[dict[str, Any]]] = {}

    def serves(self, path: str) -> bool:
        """The one path."""
        return path == "/v2/enqueue"

    def answer(self, request: Request) -> Reply:
        """202, or 400 naming what is wrong with the event."""
        if len(request.body) > LARGEST:
            return json(413, {"status": "invalid event", "message": "Event object is too large", "errors": []})
        try:
            event = codec.decode(request.body)
        except ValueError:
            event = None
        problems = faults(event, self._routing_key)
        if problems:
            return json(400, {"status": "invalid event", "message": "Event object is invalid", "errors": problems})
        key = event.get("dedup_key") or secrets.token_hex(16)
        said = {"status": "success", "message": "Event processed", "dedup_key": key}
        shown = {name: value for name, value in event.items() if name != "routing_key"}
        text = "\n".join(
            [event.get("payload", {}).get("summary", ""), *(one["href"] for one in event.get("links", []))]
        )
        return json(202, said, taken=True, key=key, event=event["event_action"], text=text, shown=shown)

    def commit(self, reply: Reply) -> None:
        """Group the event: a trigger opens an incident unless one of its key is open."""
        with self._lock:
            known = self.incidents.setdefault(reply.key, [])
            newest = known[-1] if known and known[-1]["status"] != "resolved" else None
            if reply.event == "trigger" and newest is None:
                newest = {
                    "id": f"Q{secrets.token_hex(6).upper()}",
                    "status": "triggered",
                    "title": reply.text.partition("\n")[0],
                }
                known.append(newest)
                self._announce(reply.key, newest)
            elif reply.event == "acknowledge" and newest is not None:
                newest["status"] = "acknowledged"
            elif reply.event == "resolve" and newest is not None:
                newest["status"] = "resolved"

    def _announce(self, key: str, incident: dict[str, Any]) -> None:
        """Its subscription hears of the new incident."""
        if self._webhook_url.startswith("http"):
            event = webhook_event(key, incident, "triggered", "Gatehouse")
            threading.Thread(target=self.call_back, args=(event,), daemon=True).start()

    def act(self, key: str, action: str, person: str = "On-call engineer") -> str:
        """A person acknowledges, resolves, reopens, reassigns or annotates there; '' when our side took the webhook."""
        with self._lock:
            incident = self.incidents.get(key, [None])[-1]
            if incident is not None and action in STATUS_AFTER:
                incident["status"] = STATUS_AFTER[action]
        if incident is None:
            return "no such incident"
        status, body = self.call_back(webhook_event(key, incident, action, person))
        return "" if 200 <= status < 300 else f"the webhook was answered {status}: {body[:200]}"

    def call_back(self, event: dict[str, Any]) -> tuple[int, str]:
        """Send one v3 webhook event, signed; status and body of the answer (0 when none came)."""
        body = codec.encode({"event": event})
        base, slash, path = self._webhook_url.partition("/api/")
        headers = {"Content-Type": "application/json", "X-PagerDuty-Signature": signature(self._webhook_secret, body)}
        try:
            answer = HttpClient(base, 5.0).request("POST", slash + path, body=body, headers=headers)
        except HttpUnavailable as error:
            return 0, str(error)
        return answer.status, answer.body.decode("utf-8", "replace")


def faults(event: Any, routing_key: str) -> list[str]:
    """What the real one would say about an event; empty when it takes it."""
    if not isinstance(event, dict):
        return ["Event object format is unrecognized"]
    found = []
    if event.get("routing_key") != routing_key:
        found.append("'routing_key' is missing or invalid")
    action, key = event.get("event_action"), event.get("dedup_key")
    if action not in ACTIONS:
        found.append("'event_action' must be one of trigger, acknowledge, resolve")
    if key is not None and (not isinstance(key, str) or len(key) > 255):
        found.append("'dedup_key' is too long (maximum is 255 characters)")
    if action != "trigger" and not key:
        found.append("'dedup_key' is missing or blank")
    payload = event.get("payload")
    if action == "trigger":
        found += _payload_faults(payload)
    for link in event.get("links", []):
        if not isinstance(link, dict) or not str(link.get("href", "")).startswith(("http://", "https://")):
            found.append("'links' must be objects with an 'href'")
    return found


def webhook_event(key: str, incident: dict[str, Any], action: str, person: str) -> dict[str, Any]:
    """A v3 webhook event (https://developer.pagerduty.com/docs/webhooks-overview)."""
    data: dict[str, Any] = {
        "id": incident["id"],
        "type": "incident",
        "html_url": f"https://local.pagerduty.example/incidents/{incident['id']}",
        "incident_key": key,
        "status": incident["status"],
        "title": incident["title"],
        "assignees": [{"id": "PLOCAL1", "type": "user_reference", "summary": person}],
    }
    if action == "annotated":
        reference = {"id": incident["id"], "type": "incident_reference", "html_url": data["html_url"]}
        data = {"incident": reference, "id": "PNOTE1", "content": "Looking into it.", "type": "incident_note"}
    return {
        "id": secrets.token_hex(13),
        "event_type": f"incident.{action}",
        "resource_type": "incident",
        "occurred_at": clock.iso(clock.now()),
        "agent": {"id": "PLOCAL1", "type": "user_reference", "summary": person},
        "client": None,
        "data": data,
    }


def signature(secret: str, body: bytes) -> str:
    """`X-PagerDuty-Signature` of a raw body."""
    return "v1=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def _payload_faults(payload: Any) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    found = [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
    if len(str(payload.get("summary", ""))) > 1024:
        found.append("'payload.summary' is too long (maximum is 1024 characters)")
    if payload.get("severity") not in SEVERITIES:
        found.append("'payload.severity' is invalid (must be one of critical, warning, error or info)")
    return found
