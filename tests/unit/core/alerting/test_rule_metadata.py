"""What readers say about a rule from its definition; what it lacks is left out."""

import pytest

from core.alerting import rule_metadata


def test_a_rule_with_limits() -> None:
    rule = {
        "kind": "window",
        "unit": "%",
        "for": "10m",
        "parameters": {"metric": "fraud_rate", "above": 3, "below": 0.5},
    }
    assert rule_metadata.metric(rule) == "fraud_rate"
    assert rule_metadata.limits(rule) == [(">", 3.0), ("<", 0.5)]
    assert rule_metadata.unit(rule) == "%"
    assert rule_metadata.tells(rule)


def test_a_rule_without_anything() -> None:
    assert rule_metadata.metric({}) == rule_metadata.unit({}) == ""
    assert rule_metadata.limits({"parameters": None}) == []
    assert rule_metadata.runbook({}, "A9") == "A9"
    assert not rule_metadata.tells({"incident": False})


@pytest.mark.parametrize(
    ("given", "name"), [("docs/runbooks/A1.md", "A1"), ("A5", "A5"), ("https://wiki.example/x/K1.md", "K1"), ("", "R")]
)
def test_the_runbook_is_the_stem_of_what_is_named(given: str, name: str) -> None:
    assert rule_metadata.runbook({"runbook": given}, "R") == name


@pytest.mark.parametrize(
    ("given", "words"),
    [("10m", "10 min"), (0, "at once"), (None, "at once"), ("90s", "90 s"), (300, "300 s"), ("2h", "2 h")],
)
def test_how_long_it_holds(given: object, words: str) -> None:
    assert rule_metadata.hold({"for": given}) == words
