"""A rule's row says its state in one word, its value against its limit, and leads to its incident or to the rules."""

from typing import Any

import pytest
from msgspec.structs import replace

from console.panels.alert_rules import PANEL, state
from core.monitoring.alerts import Alerts
from tests.browser.fake_api import World
from tests.unit.console.drawing import END, slots


def test_the_worst_comes_first_with_value_limit_and_where_it_leads() -> None:
    rows = slots(PANEL)["rows"]["rows"]
    firing, pending = rows[0], rows[1]
    assert firing[:5] == ["A1/", "firing", ["Fraud rate above 3 %", "alerts/incidents/inc-a1"], "3.42 %", "> 3 %"]
    assert pending[1:3] == ["pending", ["API latency p95 above 100 ms", "alerts?tab=rules#rule-A2"]]
    assert slots(PANEL)["note"] == "1 firing · 1 pending · 10 OK"


def test_a_rule_that_measures_a_state_says_it_in_words() -> None:
    alerts: Alerts = World("busy").resource("alerts", END - 3600, END)
    rule = replace(alerts.rules[0], value=2.0, limits=[(">", 1.0)], unit="", words=["UP", "SLOW", "DOWN"])
    [row] = PANEL.draw(replace(alerts, rules=[rule]))["rows"]["rows"]
    assert row[3:5] == ["DOWN", "worse than SLOW"]


def test_without_rules_a_sentence_says_why() -> None:
    assert "alert worker" in slots(PANEL, "empty")["rows"]["empty"]


@pytest.mark.parametrize(
    ("changes", "acknowledged", "word"),
    [
        ({}, False, "inactive"),
        ({"phase": "firing"}, False, "firing"),
        ({"phase": "firing"}, True, "acknowledged"),
        ({"phase": "firing", "silenced": True}, False, "silenced"),
        ({"phase": "firing", "health": "no_data"}, False, "firing"),
        ({"phase": "pending", "silenced": True}, False, "silenced"),
        ({"silenced": True}, False, "inactive"),
        ({"health": "no_data"}, False, "no_data"),
        ({"health": "error"}, False, "error"),
        ({"phase": "firing", "tells": False}, False, "inactive"),
    ],
)
def test_the_word_is_what_a_person_should_know_first(changes: dict[str, Any], acknowledged: bool, word: str) -> None:
    quiet = World("calm").resource("alerts", END - 3600, END).rules[0]
    assert state(replace(quiet, **changes), acknowledged) == word
