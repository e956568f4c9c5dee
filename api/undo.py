"""What a person takes back: that somebody works on an incident, that it is over. Of a group, all that was said at once.

Everything happens in the caller's transaction and raises DatabaseUnavailable.
"""

from core.alerting import incident_groups, incidents, silence_store, unnotified
from core.alerting.incident import Incident
from core.alerting.incidents import Line
from core.alerting.silences import first
from core.audit.actors import SYSTEM
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


def unacknowledge(connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str) -> bool:
    """Nobody works on it any more, nor on what was acknowledged with it; escalation counts from now.

    False when nobody did. Raises NoIncident, IsResolved.
    """
    incident = incidents.locked(connection, incident_id)
    incidents.check_open(incident, "unacknowledged")
    values = {"id": incident_id, "at": to_datetime(now)}
    done = sorted(connection.execute(query("incidents.set_unacknowledged"), values).scalars())
    if not done:
        return False
    incidents.note_all(connection, [Line(one, "unacknowledged", text) for one in done], now, actor)
    _audit(connection, audit, actor, "incident.unacknowledge", incident, done)
    return True


def reopen(
    connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str, source: str = ""
) -> bool:
    """A person says that it is not over, nor what a person ended with it: open again, told to whoever was told,
    escalation counts from now.

    False when it is open, or another incident of its rule and series is. A silence in force holds the messages back.
    What was reverted stays reverted; only a person resolves it. Channels of the kind `source`, where it was reopened,
    know. Raises NoIncident.
    """
    incident = incidents.locked(connection, incident_id)
    values = {"ids": incident_groups.ended_with(connection, incident_id), "at": to_datetime(now)}
    done = sorted(connection.execute(query("incidents.set_reopened"), values).scalars())
    if not done:
        return False
    incidents.note_all(connection, [Line(one, "reopened", text) for one in done], now, actor)
    quiet = silence_store.in_force(connection, now)
    mutes = {one.id: first(quiet, one.rule, one.series, one.severity, now) for one in unnotified.some(connection, done)}
    said = [Line(one, "muted", f"silenced by {by.owner}: {by.reason}") for one, by in mutes.items() if by]
    incidents.note_all(connection, said, now, SYSTEM)
    told: dict[str, float | None] = {one: None for one, by in mutes.items() if by is None}
    incidents.follow_up(connection, told, "trigger", "open", now, actor, text, source)
    _audit(connection, audit, actor, "incident.reopen", incident, done)
    return True


def _audit(connection: Connection, audit: Audit, actor: str, action: str, incident: Incident, done: list[str]) -> None:
    after = {"status": "open", **({"incidents": done} if len(done) > 1 else {})}
    name, before = f"incident:{incident.id}", {"status": incident.status}
    audit.append(connection, actor, action, name, before, after, correlation_id=incident.correlation_id)
