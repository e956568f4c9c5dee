"""Incidents: opened, followed and ended by the evaluator; acknowledged, resolved, assigned and talked about by people.

Everything happens in the caller's transaction, so that state, timeline, audit and messages are one. Rows are locked
before the audit log is: keep that order, or two transactions wait for one another.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection

from core import codec
from core.clock import to_datetime
from core.errors import BadInput, GatehouseError
from core.incident import Incident, Opening, notice_of
from core.notice import Notice, NoticeEvent
from core.store import action_runs, outbox
from core.store.audit import Audit
from core.store.outbox import Intent
from core.store.queries import query

SYSTEM = "gatehouse"


class NoIncident(GatehouseError):
    """There is no incident of that id."""


class IsResolved(GatehouseError):
    """The incident is resolved already, so this cannot be done to it any more."""


def get(connection: Connection, incident_id: str) -> Incident:
    """One incident. Raises NoIncident."""
    row = connection.execute(query("incidents.one"), {"id": incident_id}).one_or_none()
    if row is None:
        raise NoIncident(f"there is no incident {incident_id!r}")
    return Incident(*row)


def unresolved(connection: Connection) -> list[Incident]:
    """Every incident that is not resolved, worst and oldest first."""
    return [Incident(*row) for row in connection.execute(query("incidents.unresolved"))]


def open_ids(connection: Connection, ids: list[str]) -> frozenset[str]:
    """Those of `ids` that nobody has resolved."""
    return frozenset(connection.execute(query("incidents.open_ids"), {"ids": ids}).scalars())


def opened_since(connection: Connection, since: float) -> list[Incident]:
    """Incidents of rules that were opened from an instant on."""
    return [
        Incident(*row) for row in connection.execute(query("incidents.opened_since"), {"since": to_datetime(since)})
    ]


def untold(connection: Connection) -> frozenset[str]:
    """Open incidents of rules that nobody was told of, because something muted them."""
    return frozenset(connection.execute(query("incidents.untold")).scalars())


def timeline(connection: Connection, incident_id: str) -> list[dict[str, Any]]:
    """What happened, oldest first: id, at, kind, actor, text, details."""
    rows = connection.execute(query("incidents.timeline"), {"id": incident_id})
    return [dict(row) for row in rows.mappings()]


def open_incident(connection: Connection, opening: Opening, actor: str = SYSTEM) -> bool:
    """Write a new incident and the first line of its timeline; False when it was there. The caller audits."""
    values = {
        **opening._asdict(),
        "limit_value": opening.limit,
        "began_at": to_datetime(opening.began_at),
        "opened_at": to_datetime(opening.opened_at),
        "correlation_id": opening.correlation_id or opening.id,
        "details": codec.encode(opening.details).decode(),
    }
    if not connection.execute(query("incidents.insert"), values).rowcount:
        return False
    note(connection, opening.id, opening.opened_at, "opened", actor, opening.summary)
    return True


def note(
    connection: Connection,
    incident_id: str,
    at: float,
    kind: str,
    actor: str,
    text: str,
    details: dict[str, Any] | None = None,
) -> None:
    """A line on the timeline. `kind`: opened, notified, muted, acknowledged, resolved, assigned, comment, escalated,
    changed, flapping, delivery, action.
    """
    values = {
        "incident_id": incident_id,
        "at": to_datetime(at),
        "kind": kind,
        "actor": actor,
        "text": text[:4000],
        "details": codec.encode(details or {}).decode(),
    }
    connection.execute(query("incidents.add_event"), values)


def measure(connection: Connection, values: list[tuple[str, float | None, float | None]]) -> None:
    """Present and worst values of open incidents: (id, value, peak)."""
    if values:
        documents = [{"id": one, "value": value, "peak": peak} for one, value, peak in values]
        connection.execute(query("incidents.measure"), {"measured": codec.encode(documents).decode()})


def notify(connection: Connection, notice: Notice, channels: list[str]) -> None:
    """Tell channels of an incident for the first time: outbox, `notified_at`, timeline."""
    outbox.enqueue(connection, [Intent(outbox.key(notice, name), name, notice) for name in channels])
    connection.execute(query("incidents.notified"), {"id": notice.incident_id, "at": to_datetime(notice.at)})
    told = ", ".join(channels) or "nobody: the rule has no channel"
    note(connection, notice.incident_id, notice.at, "notified", SYSTEM, f"told {told}", {"channels": channels})


def recover(connection: Connection, incident_id: str, now: float, reason: str, value: float | None = None) -> bool:
    """The system found it over: resolved, told to whoever was told of it, actions reverted. False: it was resolved.

    The caller audits.
    """
    return _end(connection, incident_id, now, SYSTEM, reason, value)


def acknowledge(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str = "") -> bool:
    """Somebody works on it. False when that was said already. Raises NoIncident, IsResolved."""
    incident = _locked(connection, incident_id)
    _check_open(incident, "acknowledged")
    values = {"id": incident_id, "actor": actor, "at": to_datetime(now)}
    if not connection.execute(query("incidents.set_acknowledged"), values).rowcount:
        return False
    note(connection, incident_id, now, "acknowledged", actor, text or f"acknowledged by {actor}")
    _follow_up(connection, incident_id, "acknowledge", "acknowledged", now, actor)
    _audit(audit, connection, actor, "incident.acknowledge", incident, {"status": "acknowledged"})
    return True


def resolve(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str = "") -> bool:
    """A person says that it is over. False when it was. Raises NoIncident."""
    incident = _locked(connection, incident_id)
    if not _end(connection, incident_id, now, actor, text or f"resolved by {actor}", None):
        return False
    _audit(audit, connection, actor, "incident.resolve", incident, {"status": "resolved"})
    return True


def assign(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, assignee: str) -> bool:
    """Say who works on it; '' nobody. False when it was so already. Raises NoIncident, IsResolved."""
    incident = _locked(connection, incident_id)
    _check_open(incident, "assigned")
    if (incident.assignee or "") == assignee:
        return False
    connection.execute(query("incidents.set_assignee"), {"id": incident_id, "assignee": assignee or None})
    text = f"assigned to {assignee}" if assignee else "assigned to nobody"
    note(connection, incident_id, now, "assigned", actor, text, {"assignee": assignee})
    _audit(audit, connection, actor, "incident.assign", incident, {"assignee": assignee or None})
    return True


def comment(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str) -> None:
    """Write on the timeline, after the end too. Raises NoIncident, and BadInput for an empty or over-long text."""
    incident = _locked(connection, incident_id)
    if not text.strip() or len(text) > 4000:
        raise BadInput("$.text", "a comment has 1 to 4,000 characters")
    note(connection, incident_id, now, "comment", actor, text.strip())
    _audit(audit, connection, actor, "incident.comment", incident, {"characters": len(text.strip())})


def escalate(
    connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, channels: list[str], reason: str
) -> None:
    """Tell further channels. Raises NoIncident, IsResolved, BadInput without channels."""
    incident = _locked(connection, incident_id)
    _check_open(incident, "escalated")
    if not channels:
        raise BadInput("$.channels", "there is no channel to escalate to")
    times = int(connection.execute(query("incidents.escalations"), {"id": incident_id}).scalar_one())
    notice = msgspec.structs.replace(notice_of(incident, "escalate", now), actor=actor)
    suffix = str(times) if times else ""
    outbox.enqueue(connection, [Intent(outbox.key(notice, name, suffix), name, notice) for name in channels])
    connection.execute(query("incidents.set_escalated"), {"id": incident_id, "at": to_datetime(now)})
    text = f"escalated to {', '.join(channels)}: {reason}"
    note(connection, incident_id, now, "escalated", actor, text, {"channels": channels})
    _audit(audit, connection, actor, "incident.escalate", incident, {"channels": channels, "reason": reason})


def _locked(connection: Connection, incident_id: str) -> Incident:
    row = connection.execute(query("incidents.lock"), {"id": incident_id}).one_or_none()
    if row is None:
        raise NoIncident(f"there is no incident {incident_id!r}")
    return Incident(*row)


def _check_open(incident: Incident, wanted: str) -> None:
    if incident.status == "resolved":
        raise IsResolved(f"incident {incident.id} is resolved and cannot be {wanted} any more")


def _end(connection: Connection, incident_id: str, now: float, actor: str, reason: str, value: float | None) -> bool:
    values = {"id": incident_id, "actor": actor, "at": to_datetime(now), "value": value}
    if not connection.execute(query("incidents.set_resolved"), values).rowcount:
        return False
    note(connection, incident_id, now, "resolved", actor, reason)
    _follow_up(connection, incident_id, "resolve", "resolved", now, actor if actor != SYSTEM else "", value)
    action_runs.recovered(connection, incident_id, now)
    return True


def _follow_up(
    connection: Connection,
    incident_id: str,
    event: NoticeEvent,
    status: str,
    now: float,
    actor: str,
    value: float | None = None,
) -> None:
    """Tell the channels that were told of the incident, with what they were told."""
    for channel, told in connection.execute(query("incidents.told"), {"id": incident_id}):
        known = msgspec.convert(told, Notice)
        notice = msgspec.structs.replace(
            known,
            event=event,
            status=status,
            at=now,
            actor=actor,
            value=known.value if value is None else value,
        )
        outbox.enqueue(connection, [Intent(outbox.key(notice, channel), channel, notice)])


def _audit(
    audit: Audit, connection: Connection, actor: str, action: str, incident: Incident, after: dict[str, Any]
) -> None:
    audit.append(
        connection,
        actor,
        action,
        f"incident:{incident.id}",
        {"status": incident.status},
        after,
        correlation_id=incident.correlation_id,
    )
