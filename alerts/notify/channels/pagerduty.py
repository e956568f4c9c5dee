"""Kind `pagerduty`: Events API v2. One PagerDuty incident for each of ours: `dedup_key` is the incident's id."""

from typing import Any

from alerts.notify import http_errors
from alerts.notify.channel import ChannelConfig, Permanent, Receipt, SecretName, Transient, Url
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import cut, harmless, headline
from core import codec
from core.alerting.notification import Notice
from core.alerting.rule_metadata import worded
from core.clock import iso
from core.config import Count, Positive
from core.untrusted_text import unformatted

KIND = "pagerduty"
LONGEST_KEY, LONGEST_SUMMARY, LARGEST_BODY = 255, 1024, 512 * 1024
SEVERITY = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
ACTION = {"acknowledge": "acknowledge", "resolve": "resolve"}
BRIEF = ("test", "canary")  # resolved as soon as they are there


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """`url` is https://events.eu.pagerduty.com for accounts in the EU. PagerDuty takes some 120 calls a minute."""

    routing_key: SecretName
    url: Url = "https://events.pagerduty.com"
    per_minute: Positive = 120.0
    burst: Count = 10


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """The routing key of an Events API v2 integration."""
    return [] if wire.secret(parameters.routing_key) else [parameters.routing_key]


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Enqueue one event; a test is resolved in the next breath. Raises Permanent, Transient."""
    body = event(notice, wire.secret(parameters.routing_key))
    receipt = _post(body, parameters, wire)
    if notice.event in BRIEF:
        _post(
            {name: body[name] for name in ("routing_key", "dedup_key")} | {"event_action": "resolve"}, parameters, wire
        )
    return receipt


def event(notice: Notice, routing_key: str) -> dict[str, Any]:
    """The event's body. A note about an incident is an event of its own, with the least severity."""
    notice = harmless(notice)
    key = f"{notice.incident_id}/{notice.event}/{notice.at:.0f}" if notice.event == "notice" else notice.incident_id
    body: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": ACTION.get(notice.event, "trigger"),
        "dedup_key": key[-LONGEST_KEY:],
        "payload": {
            "summary": cut(unformatted(headline(notice)), LONGEST_SUMMARY),
            "source": "gatehouse",
            "severity": "info" if notice.event in (*BRIEF, "notice") else SEVERITY[notice.severity],
            "timestamp": iso(notice.began_at),
            "component": cut(notice.series or notice.rule, 200),
            "group": notice.rule,
            "class": notice.event,
            "custom_details": _details(notice),
        },
        "client": "Gatehouse",
        "links": [
            {"href": href, "text": text}
            for href, text in ((notice.link, "Incident"), (notice.runbook, "Runbook"))
            if href
        ],
    }
    if notice.link:
        body["client_url"] = notice.link
    if len(codec.encode(body)) > LARGEST_BODY:
        body["payload"]["custom_details"] = {"summary": cut(notice.summary, 4000), "note": "the details were too large"}
    return body


def _details(notice: Notice) -> dict[str, Any]:
    found: dict[str, Any] = {
        **notice.details,
        "summary": notice.summary,
        "value": (worded(notice.details, notice.value) if notice.value is not None else None) or notice.value,
        "limit": notice.limit,
        "unit": notice.unit,
        "began_at": iso(notice.began_at),
        "rule": notice.rule,
        "series": notice.series,
        "by": notice.actor,
        "reason": notice.reason,
        "correlation_id": notice.correlation_id,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _post(body: dict[str, Any], parameters: Parameters, wire: Wire) -> Receipt:
    url = f"{parameters.url.rstrip('/')}/v2/enqueue"
    answer = http_errors.post(wire, url, codec.encode(body), {"Content-Type": "application/json"}, parameters.timeout)
    try:
        said = answer.json()
        accepted = answer.status == 202 and said.get("status") == "success"
    except (ValueError, AttributeError):
        accepted = False
    if not accepted:
        raise Transient(f"not accepted: {http_errors.words(answer)}")
    if said.get("dedup_key") != body["dedup_key"]:
        raise Permanent("PagerDuty accepted the event under another dedup_key")
    return Receipt(said["dedup_key"], "accepted", str(said.get("message", "")))
