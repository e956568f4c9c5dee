"""What an evaluation comes to for incidents is decided without a database, as one value."""

from typing import Any

import pytest

from alerts.config import AlertsConfig, RuleConfig
from alerts.evaluate.evaluation import SeriesChange
from alerts.evaluate.incidents import Measured, decide
from alerts.evaluate.machine import State, Transition
from alerts.evaluate.rule import Assessment, Reading, all_kinds
from alerts.evaluate.ruleset import Rule, build
from core.alerting.incidents import Ending, Line

CONSOLE = "https://console.example"


def rule(**fields: Any) -> Rule:
    parameters = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
    config = RuleConfig(
        "A1", "Fraud rate", "it is {value}", "window", "high", parameters=parameters, unit="%", **fields
    )
    made = build(config, AlertsConfig(), all_kinds(), {})
    return Rule(made.config, made.kind, made.parameters, made.timing, made.fingerprint, actions=(("lock", "auto"),))


def change(of: Rule | None, *transitions: Transition, before: State | None = None, **after: Any) -> SeriesChange:
    reading = Reading("web", 4.5, 100)
    state = State(**{"phase": "firing", "incident": "A1-1", "value": 4.5, "peak": 5.0, "began": 990.0, **after})
    return SeriesChange(
        ("A1", "web"), of, reading, Assessment("bad", limit=3.0), before or State(), state, list(transitions)
    )


def moved(what: Any, kind: Any = "alert", reason: str = "") -> Transition:
    return Transition(what, 1000.0, "A1-1", kind, reason)


def test_a_rule_that_fires_opens_an_incident_that_asks_for_its_actions() -> None:
    found = decide([change(rule(), moved("fired"))], CONSOLE)
    ((opening, _),) = found.opened
    assert (opening.id, opening.series, opening.severity, opening.began_at) == ("A1-1", "web", "high", 990.0)
    assert (opening.title, opening.summary.startswith("it is 4.5")) == ("Fraud rate (web)", True)
    assert opening.details["link"] == f"{CONSOLE}/alerts/incidents/A1-1"
    ((intent,),) = found.asked.values()
    assert (intent.key, intent.incident_id, intent.action, intent.mode) == ("A1-1/lock", "A1-1", "lock", "auto")
    assert (found.ended, found.lines, found.measured) == ([], [], [])


def test_one_that_gets_no_data_opens_an_incident_that_asks_for_nothing() -> None:
    found = decide([change(rule(), moved("missing", "no_data", "it is silent"))], CONSOLE)
    assert [one.opening.title for one in found.opened] == ["no data for Fraud rate (web)"]
    assert found.asked == {}


@pytest.mark.parametrize(
    ("transition", "reason"),
    [
        (moved("resolved"), "recovered: 4.5 %"),
        (moved("found", "no_data"), "data is available again"),
        (moved("closed", reason="olga did"), "closed: olga did"),
    ],
)
def test_what_is_over_ends_its_incident(transition: Transition, reason: str) -> None:
    assert decide([change(rule(), transition)], CONSOLE).ended == [Ending("A1-1", reason, 4.5)]


def test_a_removed_rule_ends_what_it_opened() -> None:
    assert [one.id for one in decide([change(None, moved("resolved"))], CONSOLE).ended] == ["A1-1"]


def test_other_turns_are_lines_of_the_timeline() -> None:
    found = decide([change(rule(), moved("changed", reason="another cause"))], CONSOLE)
    assert found.lines == [Line("A1-1", "changed", "another cause")]


def test_an_open_incident_gets_its_new_values_and_only_then() -> None:
    then = State(phase="firing", incident="A1-1", value=4.0, peak=5.0)
    assert decide([change(rule(), before=then)], CONSOLE).measured == [Measured("A1-1", 4.5, 5.0)]
    assert decide([change(rule(), before=then, value=4.0)], CONSOLE).measured == []
    assert decide([change(rule(), before=State(incident="A1-0", value=4.0))], CONSOLE).measured == []


def test_a_rule_without_incidents_opens_none() -> None:
    found = decide([change(rule(incident=False), moved("fired"))], CONSOLE)
    assert (found.opened, found.asked) == ([], {})
