"""Incidents as values: what identifies one, what it consists of, what a message about it says. Pure."""

from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from core.alerting.notification import Notice, NoticeEvent
from core.events.base import Severity

Kind = Literal["alert", "no_data", "error", "security", "canary"]
Status = Literal["open", "acknowledged", "resolved"]


def identify(rule: str, series: str, kind: Kind, at: float) -> str:
    """The id of the incident that began at `at` (epoch seconds): a digest, so that whoever decides the same thing twice
    decides on one incident. It is also the dedup key and the correlation id.
    """
    digest = blake2b(f"{rule}\0{series}\0{kind}\0{at:.3f}".encode(), digest_size=10).hexdigest()
    return f"{rule}-{digest}"


class Opening(NamedTuple):
    """A new incident. Times are epoch seconds; `details` JSON-able."""

    id: str
    rule: str
    series: str
    kind: Kind
    severity: Severity
    title: str
    summary: str
    began_at: float
    opened_at: float
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    correlation_id: str = ""
    details: dict[str, Any] = {}


class Incident(NamedTuple):
    """A row of `incidents`."""

    id: str
    rule: str
    series: str
    kind: Kind
    severity: Severity
    status: Status
    title: str
    summary: str
    value: float | None
    peak: float | None
    limit_value: float | None
    unit: str
    began_at: datetime
    opened_at: datetime
    notified_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    escalated_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    assignee: str | None
    correlation_id: str
    details: dict[str, Any]
    group_id: str | None = None
    inhibited_by: str | None = None

    @property
    def is_inhibited(self) -> bool:
        """Nobody was told of it, since it follows from another incident."""
        return bool(self.inhibited_by) and self.notified_at is None


def notice_of(incident: Incident, event: NoticeEvent, now: float) -> Notice:
    """What a message about an incident says now; links are those of `details` (`link`, `runbook`)."""
    return Notice(
        incident_id=incident.id,
        event=event,
        rule=incident.rule,
        series=incident.series,
        severity=incident.severity,
        title=incident.title,
        summary=incident.summary,
        began_at=incident.began_at.timestamp(),
        at=now,
        status=incident.status,
        value=incident.value,
        limit=incident.limit_value,
        unit=incident.unit,
        link=str(incident.details.get("link", "")),
        runbook=str(incident.details.get("runbook", "")),
        correlation_id=incident.correlation_id,
        details={k: v for k, v in incident.details.items() if k not in ("link", "runbook")},
    )
