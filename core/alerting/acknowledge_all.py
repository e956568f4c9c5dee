"""Acknowledging all that people were told of together (A14), as one statement a kind of row however many there are."""

from core.alerting import incident_groups, incidents
from core.alerting.incidents import Line
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


def acknowledge_all(
    connection: Connection, audit: Audit, incident_id: str, actor: str, now: float, text: str = ""
) -> bool:
    """Somebody works on an incident and on all of its group that nobody took. False when that was said already.

    Raises NoIncident; IsResolved when nothing of it is open any more.
    """
    one = incidents.locked(connection, incident_id)
    found = incident_groups.members(connection, one.group_id or incident_id)
    if not found:
        incidents.check_open(one, "acknowledged")
    values = {"ids": found, "actor": actor, "at": to_datetime(now)}
    done = sorted(connection.execute(query("incident_groups.acknowledge"), values).scalars())
    if not done:
        return False
    words = text or f"acknowledged by {actor}"
    incidents.note_all(connection, [Line(name, "acknowledged", words) for name in done], now, actor)
    incidents.follow_up(connection, dict.fromkeys(done), "acknowledge", "acknowledged", now, actor)
    after = {"status": "acknowledged", **({"incidents": done} if len(done) > 1 else {})}
    audit.append(
        connection,
        actor,
        "incident.acknowledge",
        f"incident:{incident_id}",
        {"status": one.status},
        after,
        correlation_id=one.correlation_id,
    )
    return True
