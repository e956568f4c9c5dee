"""Incidents: opened, followed and ended by the evaluator; acknowledged, resolved, assigned and talked about by people.

Everything happens in the caller's transaction, so that state, timeline, audit and messages are one. Rows are locked
before the audit log is: keep that order, or two transactions wait for one another.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from core import codec
from core.alerting import action_runs, incident_groups, outbox
from core.alerting.incident import Incident, Opening, notice_of
from core.alerting.incident_messages import follow_up as follow_up
from core.alerting.incident_messages import notify as notify
from core.alerting.incident_timeline import Line as Line
from core.alerting.incident_timeline import note as note
from core.alerting.incident_timeline import note_all as note_all
from core.alerting.incident_timeline import note_once as note_once
from core.alerting.incident_timeline import timeline as timeline
from core.alerting.outbox import Intent
from core.audit.actors import SYSTEM as SYSTEM
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput, GatehouseError


class NoIncident(GatehouseError):
    """There is no incident of that id."""


class IsResolved(GatehouseError):
    """The incident is resolved already, so this cannot be done to it any more."""


class IsAcknowledged(GatehouseError):
    """Somebody works on the incident, so nobody else needs to be woken."""


class Ending(NamedTuple):
    """An incident that is over, why, and the value then."""

    id: str
    reason: str
    value: float | None = None


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


def open_incident(connection: Connection, opening: Opening, actor: str = SYSTEM) -> bool:
    """Write a new incident and the first line of its timeline; False when it was there. The caller audits."""
    return bool(open_all(connection, [opening], actor))


def open_all(connection: Connection, openings: Sequence[Opening], actor: str = SYSTEM) -> frozenset[str]:
    """Write incidents, each with the first line of its timeline; the ids of those that were not there."""
    if not openings:
        return frozenset()
    documents = [
        {
            **one._asdict(),
            "limit_value": one.limit,
            "began_at": to_datetime(one.began_at),
            "opened_at": to_datetime(one.opened_at),
            "correlation_id": one.correlation_id or one.id,
        }
        for one in openings
    ]
    values = {"openings": codec.encode(documents).decode(), "actor": actor}
    return frozenset(connection.execute(query("incidents.insert"), values).scalars())


def measure(connection: Connection, values: list[tuple[str, float | None, float | None]]) -> None:
    """Present and worst values of open incidents: (id, value, peak)."""
    if values:
        documents = [{"id": one, "value": value, "peak": peak} for one, value, peak in values]
        connection.execute(query("incidents.measure"), {"measured": codec.encode(documents).decode()})


def recover(connection: Connection, incident_id: str, now: float, reason: str, value: float | None = None) -> bool:
    """The system found it over: resolved, told to whoever was told of it, actions reverted. False: it was resolved.

    The caller audits.
    """
    return bool(recover_all(connection, [Ending(incident_id, reason, value)], now))


def recover_all(connection: Connection, endings: Sequence[Ending], now: float) -> frozenset[str]:
    """As `recover`, of many; the ids of those that were not resolved."""
    incident_groups.lock_of(connection, [one.id for one in endings])
    return _end(connection, endings, now, SYSTEM)


def acknowledge(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str = "") -> bool:
    """Somebody works on it. False when that was said already. Raises NoIncident, IsResolved."""
    incident = locked(connection, incident_id)
    check_open(incident, "acknowledged")
    values = {"id": incident_id, "actor": actor, "at": to_datetime(now)}
    if not connection.execute(query("incidents.set_acknowledged"), values).rowcount:
        return False
    note(connection, incident_id, now, "acknowledged", actor, text or f"acknowledged by {actor}")
    follow_up(connection, {incident_id: None}, "acknowledge", "acknowledged", now, actor)
    _audit(audit, connection, actor, "incident.acknowledge", incident, {"status": "acknowledged"})
    return True


def resolve(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str = "") -> bool:
    """A person says that it is over. False when it was. Raises NoIncident."""
    incident = locked(connection, incident_id)
    if not _end(connection, [Ending(incident_id, text or f"resolved by {actor}")], now, actor):
        return False
    _audit(audit, connection, actor, "incident.resolve", incident, {"status": "resolved"})
    return True


def assign(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, assignee: str) -> bool:
    """Say who works on it; '' nobody. False when it was so already. Raises NoIncident, IsResolved."""
    incident = locked(connection, incident_id)
    check_open(incident, "assigned")
    if (incident.assignee or "") == assignee:
        return False
    connection.execute(query("incidents.set_assignee"), {"id": incident_id, "assignee": assignee or None})
    text = f"assigned to {assignee}" if assignee else "unassigned"
    note(connection, incident_id, now, "assigned", actor, text, {"assignee": assignee})
    _audit(audit, connection, actor, "incident.assign", incident, {"assignee": assignee or None})
    return True


def comment(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str) -> None:
    """Write on the timeline, after the end too. Raises NoIncident, and BadInput for an empty or over-long text."""
    incident = locked(connection, incident_id)
    if not text.strip() or len(text) > 4000:
        raise BadInput("$.text", "a comment has 1 to 4,000 characters")
    note(connection, incident_id, now, "comment", actor, text.strip())
    _audit(audit, connection, actor, "incident.comment", incident, {"characters": len(text.strip())})


def escalate(
    connection: Connection,
    audit: Audit,
    incident_id: str,
    actor: str,
    now: float,
    channels: list[str],
    reason: str,
    only_open: bool = False,
) -> None:
    """Tell further channels why. Raises NoIncident, IsResolved, BadInput without channels.

    `only_open`: raises IsAcknowledged when somebody acknowledged it meanwhile.
    """
    incident = locked(connection, incident_id)
    check_open(incident, "escalated")
    if only_open and incident.status != "open":
        raise IsAcknowledged(f"{incident.acknowledged_by} acknowledged incident {incident.id}")
    if not channels:
        raise BadInput("$.channels", "this rule has no escalation channels")
    notice = msgspec.structs.replace(notice_of(incident, "escalate", now), actor=actor, reason=reason)
    group = incident.group_id if actor == SYSTEM or incident.group_id == incident.id else None
    meant = incident_groups.set_escalated(connection, group, now) if group and actor == SYSTEM else []
    if group:
        lead = get(connection, group)
        link = str(lead.details.get("link", ""))
        more = max(len(meant) - 1, 0)
        notice = msgspec.structs.replace(notice, incident_id=group, group=group, more=more, link=link)
    times = int(connection.execute(query("incidents.escalations"), {"id": notice.incident_id}).scalar_one())
    suffix = str(times) if times else ""
    outbox.enqueue(connection, [Intent(outbox.key(notice, name, suffix), name, notice) for name in channels])
    connection.execute(query("incidents.set_escalated"), {"id": incident_id, "at": to_datetime(now)})
    text = f"escalated to {', '.join(channels)}: {reason}"
    concerned = list(dict.fromkeys([notice.incident_id, incident_id, *meant]))
    note_all(connection, [Line(one, "escalated", text, {"channels": channels}) for one in concerned], now, actor)
    _audit(audit, connection, actor, "incident.escalate", incident, {"channels": channels, "reason": reason})


def locked(connection: Connection, incident_id: str) -> Incident:
    """The incident and its group, which nobody else changes until the transaction ends."""
    incident_groups.lock_of(connection, [incident_id])
    row = connection.execute(query("incidents.lock"), {"id": incident_id}).one_or_none()
    if row is None:
        raise NoIncident(f"there is no incident {incident_id!r}")
    return Incident(*row)


def check_open(incident: Incident, wanted: str) -> None:
    if incident.status == "resolved":
        raise IsResolved(f"incident {incident.id} is resolved and can no longer be {wanted}")


def _end(connection: Connection, endings: Sequence[Ending], now: float, actor: str) -> frozenset[str]:
    documents = [{"id": one.id, "value": one.value} for one in endings]
    values = {"endings": codec.encode(documents).decode(), "actor": actor, "at": to_datetime(now)}
    done = frozenset(connection.execute(query("incidents.set_resolved"), values).scalars()) if endings else frozenset()
    if not done:
        return done
    ended = [one for one in endings if one.id in done]
    note_all(connection, [Line(one.id, "resolved", one.reason) for one in ended], now, actor)
    found = {one.id: one.value for one in ended}
    follow_up(connection, found, "resolve", "resolved", now, actor if actor != SYSTEM else "")
    action_runs.all_recovered(connection, list(done), now)
    return done


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
