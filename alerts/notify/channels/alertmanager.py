"""Kind `alertmanager`: `POST /api/v2/alerts`, for whoever routes and silences there.

An alert says until when it holds and is sent again before that, so a dead sender does not leave it standing for ever.
"""

from typing import Any

from alerts.notify import http_errors
from alerts.notify.channel import ChannelConfig, Receipt, SecretName
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import against, headline
from core import codec
from core.alerting.notification import Notice
from core.clock import iso
from core.config import Count, Positive
from core.untrusted_text import inert, own_link, unformatted

KIND = "alertmanager"
REPEATS = True
UNKNOWN = ("acknowledge", "notice")  # Alertmanager has no word for these


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """A firing alert is sent again every `repeat_seconds` and holds for `valid_seconds` after each.

    `authorization` names a secret that holds the whole header, such as `Bearer …`; none by default.
    """

    url: str = ""
    authorization: SecretName | None = None
    repeat_seconds: Positive = 60.0
    valid_seconds: Positive = 300.0
    per_minute: Positive = 600.0
    burst: Count = 50


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """The server's address, and the header where one is named."""
    found = [] if parameters.url.startswith(("http://", "https://")) else ["url"]
    name = parameters.authorization
    return found + ([name] if name and not wire.secret(name) else [])


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Send one alert, firing or ended. Raises Permanent, Transient."""
    if notice.event in UNKNOWN:
        return Receipt(status="skipped", detail=f"Alertmanager has no {notice.event}")
    headers = {"Content-Type": "application/json"}
    if parameters.authorization:
        headers["Authorization"] = wire.secret(parameters.authorization)
        wire.hide(headers["Authorization"].partition(" ")[2])
    body = codec.encode([alert(notice, wire.now(), parameters.valid_seconds)])
    http_errors.post(wire, f"{parameters.url.rstrip('/')}/api/v2/alerts", body, headers, parameters.timeout)
    return Receipt(notice.incident_id)


def alert(notice: Notice, now: float, valid: float) -> dict[str, Any]:
    """The alert. Its labels are the same from first to last, since they are what Alertmanager knows it by."""
    labels = {
        "alertname": notice.rule,
        "severity": notice.severity,
        "series": inert(notice.series),
        "incident": notice.incident_id,
        "service": "gatehouse",
    }
    annotations = {
        "title": _plain(headline(notice)),
        "summary": _plain(notice.summary),
        "value": _plain(against(notice)),
        "reason": _plain(notice.reason),
        "runbook_url": own_link(notice.runbook),
        "correlation_id": _plain(notice.correlation_id),
    }
    lasts_to = notice.at if notice.event == "resolve" else now + (10.0 if notice.event in ("test", "canary") else valid)
    return {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {name: value for name, value in annotations.items() if value},
        "startsAt": iso(notice.began_at),
        "endsAt": iso(max(lasts_to, notice.began_at)),
        "generatorURL": own_link(notice.link),
    }


def _plain(text: str) -> str:
    """Its own receivers (chats, mail) take annotations into their templates as they are."""
    return unformatted(inert(text))
