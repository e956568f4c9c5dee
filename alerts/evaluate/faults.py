"""Faults of alerting itself as incidents: a rule that cannot be written, a chore that fails, evaluation that stopped.

Rule `alerting`, series = what is at fault. One incident while it lasts, resolved when recovered. Rules that cannot
be read or judged are incidents of their own, by the state machine (alerts/evaluate/evaluation.py).
"""

from alerts.evaluate import sanitize
from alerts.evaluate.ruleset import Rules
from alerts.notify import active_problems
from core import log
from core.alerting import incidents
from core.alerting.incident import Opening, identify, notice_of
from core.audit.chain import Audit
from core.db.engine import Connection
from core.events.base import Severity

RULE = "alerting"
LONGEST = 1000


class Faults:
    """Opens and ends these incidents in the caller's transaction, which holds the duty or `troubles.hold`."""

    def __init__(self, audit: Audit, rules: Rules, console_url: str) -> None:
        self._audit, self._console = audit, console_url
        self._channels = rules.settings.faults or rules.settings.notices
        self._open: set[str] = set()  # as far as this worker knows, so that `over` costs nothing as a rule

    def open(
        self,
        connection: Connection,
        name: str,
        reason: str,
        now: float,
        title: str = "",
        severity: Severity = "high",
    ) -> bool:
        """Something is at fault; False when that is known already."""
        self._open.add(name)
        if active_problems.standing(connection, RULE, name) is not None:
            return False
        incident_id = identify(RULE, name, "error", now)
        opening = Opening(
            incident_id,
            RULE,
            name,
            "error",
            severity,
            title or f"Alerting error: {name}",
            sanitize.text(reason)[:LONGEST],
            now,
            now,
            details={
                "link": f"{self._console}/alerts/incidents/{incident_id}",
                "runbook": f"{self._console}/alerts/runbooks/{RULE}",
            },
        )
        if not incidents.open_incident(connection, opening):
            return False
        incidents.notify(connection, notice_of(incidents.get(connection, incident_id), "trigger", now), self._channels)
        self._say(connection, "incident.open", incident_id, {"fault": name, "reason": opening.summary})
        log.get("faults").error("alerting is at fault", fault=name, reason=opening.summary)
        return True

    def over(self, connection: Connection, name: str, now: float) -> None:
        """It works again, or always did."""
        if name not in self._open:
            return
        self._open.discard(name)
        incident_id = active_problems.standing(connection, RULE, name)
        if incident_id and incidents.recover(connection, incident_id, now, "recovered"):
            self._say(connection, "incident.recover", incident_id, {"fault": name})

    def adopt(self, connection: Connection) -> None:
        """Take over what other workers, or earlier lives of this one, found at fault."""
        self._open |= active_problems.all_standing(connection, RULE)

    def known(self) -> frozenset[str]:
        """What is at fault, as far as this worker knows."""
        return frozenset(self._open)

    def _say(self, connection: Connection, action: str, incident_id: str, after: dict[str, str]) -> None:
        self._audit.append(
            connection, incidents.SYSTEM, action, f"incident:{incident_id}", None, after, correlation_id=incident_id
        )
