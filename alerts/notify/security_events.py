"""Security events about incidents of rules that ask for one (A1): each once, however often it is told."""

from alerts.evaluate.incidents import Opened
from core.events import security
from core.events.security import Publish


def announce(publish: Publish, opened: list[Opened]) -> None:
    """Write the events; the id of the incident makes each count once and is its correlation id."""
    for opening, rule in opened:
        if rule.config.security_event:
            security.emit(
                publish,
                opening.severity,
                f"{rule.id} {opening.title}: {opening.summary}",
                action=f"alert-{rule.id.lower()}",
                category="intrusion_detection",
                correlation_id=opening.id,
                event_id=f"{opening.id}/opened",
                at=opening.opened_at,
            )
