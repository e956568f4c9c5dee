"""A channel that lost a message is itself an incident, told to its stand-in, until it delivers again.

Rule `delivery`, series = the channel's name. While it is open further losses add nothing; they are on the timelines of
the incidents whose messages they were.
"""

from alerts.notify import active_problems
from alerts.notify.stages.mute import muted
from core.alerting import incidents, silence_store
from core.alerting.deliveries import Message
from core.alerting.incident import Opening, identify, notice_of
from core.audit.chain import Audit
from core.db.engine import Connection

RULE = "delivery"


class Troubles:
    """Opens and ends these incidents in the caller's transaction, which holds the channel's row."""

    def __init__(self, audit: Audit, last_resort: str = "log") -> None:
        self._audit = audit
        self._last_resort = last_resort

    def open(self, connection: Connection, message: Message, reason: str, fallback: str, now: float) -> None:
        """The channel of `message` gave it up. Nothing when that is known already, or it was a test or a canary."""
        channel = message.channel
        if message.event in ("test", "canary") or active_problems.standing(connection, RULE, channel) is not None:
            return
        incident_id = identify(RULE, channel, "error", now)
        opening = Opening(
            incident_id,
            RULE,
            channel,
            "error",
            "high",
            f"Channel {channel} is failing",
            f"{channel} could not deliver a message: {reason}. Its messages go to {fallback or self._last_resort}.",
            now,
            now,
            details={"message": message.id, **_links(message, incident_id)},
        )
        if not incidents.open_incident(connection, opening):
            return
        quiet = silence_store.in_force(connection, now)
        if why := muted(quiet, (), {}, RULE, channel, opening.severity, now):
            incidents.note(connection, incident_id, now, "muted", incidents.SYSTEM, why)
        else:
            notice = notice_of(incidents.get(connection, incident_id), "trigger", now)
            incidents.notify(connection, notice, [fallback or self._last_resort])
        self._say(connection, "incident.open", incident_id, {"channel": channel, "reason": reason})

    def over(self, connection: Connection, channel: str, now: float) -> None:
        """The channel took a message."""
        incident_id = active_problems.standing(connection, RULE, channel)
        if incident_id and incidents.recover(connection, incident_id, now, f"{channel} recovered"):
            self._say(connection, "incident.recover", incident_id, {"channel": channel})

    def _say(self, connection: Connection, action: str, incident_id: str, after: dict[str, str]) -> None:
        self._audit.append(
            connection, incidents.SYSTEM, action, f"incident:{incident_id}", None, after, correlation_id=incident_id
        )


def _links(message: Message, incident_id: str) -> dict[str, str]:
    """Where to read on, on the console that the lost message led to."""
    console, found, _ = message.notice.link.partition("/alerts/incidents/")
    if not found:
        return {}
    return {"link": f"{console}{found}{incident_id}", "runbook": f"{console}/alerts/runbooks/{RULE}"}
