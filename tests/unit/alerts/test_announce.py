"""Security events about incidents: only for rules that ask, each under the id of its incident."""

from alerts.announce import announce
from alerts.incidents import Opened
from alerts.ruleset import load
from core import settings
from core.events import Event, Security
from core.incident import Opening


def test_a_rule_that_asks_gets_an_event_with_the_incident_as_its_correlation() -> None:
    rules = load(settings.load({})).by_id()
    published: list[Event] = []
    opening = Opening("A1-1", "A1", "", "alert", "high", "Fraud rate", "4 % blocked", 1.0, 1_800_000_000.0)
    announce(published.extend, [Opened(opening, rules["A1"]), Opened(opening, rules["cpu"])])
    [event] = published
    assert isinstance(event, Security)
    assert (event.id, event.correlation_id, event.severity) == ("A1-1/opened", "A1-1", "high")
    assert "4 % blocked" in event.text
