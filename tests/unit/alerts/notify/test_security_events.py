"""Security events about incidents: only for rules that ask, each under the id of its incident."""

from alerts.evaluate.incidents import Opened
from alerts.evaluate.ruleset import load
from alerts.notify.security_events import announce
from core import settings
from core.alerting.incident import Opening
from core.events.types import Event, Security


def test_a_rule_that_asks_gets_an_event_with_the_incident_as_its_correlation() -> None:
    rules = load(settings.load({})).by_id()
    published: list[Event] = []
    opening = Opening("A1-1", "A1", "", "alert", "high", "Fraud rate", "4 % blocked", 1.0, 1_800_000_000.0)
    announce(published.extend, [Opened(opening, rules["A1"]), Opened(opening, rules["cpu"])])
    [event] = published
    assert isinstance(event, Security)
    assert (event.id, event.correlation_id, event.severity) == ("own:A1-1/opened", "A1-1", "high")
    assert "4 % blocked" in event.text
