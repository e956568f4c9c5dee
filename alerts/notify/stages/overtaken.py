"""A stage before sending: whether a message is still true, looked up at the moment of delivery and at each try."""

from core.alerting import deliveries, incident_groups, incidents
from core.alerting.deliveries import Message
from core.alerting.incidents import NoIncident
from core.db.engine import Connection


def overtaken(connection: Connection, message: Message) -> str:
    """Why the message is not needed any more; '' when it is.

    An escalation for want of an acknowledgement ends with one, any escalation with the end of the incident. Whoever was
    spared an escalation is spared what follows it.
    """
    if message.incident_id is None:
        return ""
    if message.event in ("acknowledge", "resolve"):
        return "the escalation was not sent" if deliveries.was_spared(connection, message) else ""
    if message.event != "escalate":
        return ""
    if message.notice.group:
        return _group_overtaken(connection, message)
    try:
        incident = incidents.get(connection, message.incident_id)
    except NoIncident:
        return ""
    if incident.status == "resolved":
        return "the incident was resolved meanwhile"
    if incident.status == "acknowledged" and message.notice.actor == incidents.SYSTEM:
        return f"{incident.acknowledged_by} acknowledged it meanwhile"
    return ""


def _group_overtaken(connection: Connection, message: Message) -> str:
    """The same of an escalation that speaks for a group: that ends when nothing of it is open, or waits for anybody."""
    group = message.notice.group
    if incident_groups.over(connection, [group], ["open", "acknowledged"]):
        return "all of the group was resolved meanwhile"
    if message.notice.actor == incidents.SYSTEM and incident_groups.over(connection, [group], ["open"]):
        return "all of the group was acknowledged meanwhile"
    return ""
