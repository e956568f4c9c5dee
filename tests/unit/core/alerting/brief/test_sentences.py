"""A brief says what its facts say, and nothing where they say nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.alerting.brief.facts import Change, Earlier, Facts, Slice, Step, Total
from core.alerting.brief.sentences import Sentence, sentences, short
from core.alerting.incident import Incident

BEGAN = datetime(2026, 11, 30, 3, 12, tzinfo=UTC)
NOW = BEGAN.timestamp() + 840
DEFINITION = {"parameters": {"above": 3.0}}


def incident(**other: Any) -> Incident:
    known: dict[str, Any] = {
        "id": "A1-1", "rule": "A1", "series": "", "kind": "alert", "severity": "high", "status": "open",
        "title": "Fraud rate", "summary": "", "value": 4.2, "peak": 5.1, "limit_value": 3.0, "unit": "%",
        "began_at": BEGAN, "opened_at": BEGAN, "notified_at": None, "acknowledged_at": None, "acknowledged_by": None,
        "escalated_at": None, "resolved_at": None, "resolved_by": None, "assignee": None, "correlation_id": "c",
        "details": {},
    }  # fmt: skip
    return Incident(**known | other)


def of(about: str, facts: Facts) -> list[str]:
    return [one.text for one in sentences(facts) if one.about == about]


def test_what_and_since() -> None:
    found = sentences(Facts(incident(), NOW))
    assert found == [
        Sentence(
            "what", "Fraud rate reached 5.1 %, with the limit at 3 %; it is 4.2 % now.",
            "alerts/incidents/A1-1#chart-place",
        ),
        Sentence("since", "It began at 03:12 UTC and has lasted 14 min.", "alerts/incidents/A1-1#timeline"),
    ]  # fmt: skip


def test_one_that_is_over_says_how_long_it_lasted() -> None:
    over = incident(status="resolved", resolved_at=datetime(2026, 11, 30, 3, 32, tzinfo=UTC), series="shop")
    texts = [one.text for one in sentences(Facts(over, NOW + 86_400))]
    assert texts == [
        "Fraud rate (shop) reached 5.1 %, with the limit at 3 %.",
        "It began at 30 November 2026, 03:12 UTC and lasted 20 min.",
    ]


def test_without_a_value_nothing_is_said_of_it() -> None:
    assert of("what", Facts(incident(value=None, peak=None), NOW)) == []
    assert of("what", Facts(incident(limit_value=None), NOW)) == []


def test_a_state_is_said_in_its_word() -> None:
    down = incident(value=2.0, peak=2.0, limit_value=1.0, unit="", details={"words": ["UP", "SLOW", "DOWN"]})
    assert of("what", Facts(down, NOW)) == ["Fraud rate reached DOWN, with the limit at SLOW."]


@pytest.mark.parametrize(
    ("definition", "limit", "before", "said"),
    [
        (DEFINITION, 3.0, [1.0] * 359 + [2.4],
         ["In the hour before, none of 360 evaluations crossed the limit; the highest value was 2.4 %."]),
        (DEFINITION, 3.0, [1.0] * 30 + [3.2] * 10,
         ["In the hour before, the limit was also crossed in 10 of 40 evaluations."]),
        ({"parameters": {"above": 3.0, "below": 0.5}}, 0.5, [1.0] * 19 + [0.6],
         ["In the hour before, none of 20 evaluations crossed the limit; the lowest value was 0.6 %."]),
        (DEFINITION, 3.0, [1.0] * 19, []),
        (DEFINITION, 4.0, [1.0] * 360, []),
        ({}, 3.0, [1.0] * 360, []),
    ],
)  # fmt: skip
def test_how_usual_it_is(definition: dict[str, Any], limit: float, before: list[float], said: list[str]) -> None:
    assert of("usual", Facts(incident(limit_value=limit), NOW, definition, before)) == said


def test_where_has_the_best_slice_alone() -> None:
    slices = [Slice("gateway B", 0.02, 0.41, "statuses/e1"), Slice("country FR", None, 0.2, "x")]
    assert of("where", Facts(incident(), NOW, slices=slices)) == ["At gateway B: 41.0 % now, 2.0 % before."]
    assert of("where", Facts(incident(), NOW, slices=slices[1:])) == ["At country FR: 20.0 % now, no traffic before."]


@pytest.mark.parametrize(
    ("value", "usual", "said"),
    [
        (1240.0, [3900.0, 4500.0, 4100.0],
         ["Revenue since it began: $1,240; in the same minutes of the 3 weeks before: $3,900 to $4,500."]),
        (4000.0, [3900.0, 4500.0], []),
        (1240.0, [3900.0], []),
        (10.0, [0.0, 0.0], ["Revenue since it began: $10; in the same minutes of the 2 weeks before: $0."]),
    ],
)  # fmt: skip
def test_cost_is_what_no_week_before_had(value: float, usual: list[float], said: list[str]) -> None:
    assert of("cost", Facts(incident(), NOW, totals=[Total("Revenue", value, usual, "USD")])) == said


def test_changes_are_said_with_how_long_before_the_newest_first() -> None:
    at = BEGAN.timestamp()
    changes = [Change(at - 60 * n, f"change {n}", f"page-{n}") for n in (9, 2, 20, 4, 29)]
    assert of("change", Facts(incident(), NOW, changes=changes)) == [
        "2 min before: change 2.", "4 min before: change 4.", "9 min before: change 9.",
        "2 more changes in the 30 minutes before.",
    ]  # fmt: skip


def test_what_somebody_changed_comes_before_what_merely_happened() -> None:
    at = BEGAN.timestamp()
    changes = [Change(at - 60, "a service went down", "", True), Change(at - 900, "a deploy", "")]
    assert of("change", Facts(incident(), NOW, changes=changes)) == [
        "15 min before: a deploy.", "1 min before: a service went down."
    ]  # fmt: skip


def test_an_earlier_one_and_what_was_done() -> None:
    steps = [Step(120.0, "strict-policy was applied"), Step(600.0, "ann wrote “bots. ”")]
    past = Earlier("A1-0", "bar", BEGAN.timestamp() - 18 * 86_400, BEGAN.timestamp() - 18 * 86_400 + 2400, "", steps)
    assert of("earlier", Facts(incident(), NOW, earlier=past)) == [
        "The rule last fired on 12 November 2026 (bar) and lasted 40 min. "
        "Then: strict-policy was applied after 2 min; ann wrote “bots. ” after 10 min."
    ]
    assert len(of("earlier", Facts(incident(series="bar"), NOW, earlier=past._replace(steps=[])))[0]) < 70


def test_the_short_form_is_what_a_message_does_not_say_anyway() -> None:
    changes = [Change(BEGAN.timestamp() - 60, "a", ""), Change(BEGAN.timestamp() - 120, "b", "")]
    found = short(Facts(incident(), NOW, slices=[Slice("gateway B", 0.02, 0.4, "")], changes=changes))
    assert [one.about for one in found] == ["where", "change"]
    assert short(Facts(incident(), NOW)) == []


def test_text_from_outside_is_cut_and_shows_what_it_hides() -> None:
    wild = "\u202egateway\x00 " + "x" * 5000
    facts = Facts(
        incident(title=wild, series=wild[::-1]), NOW, slices=[Slice(wild, 0.1, 0.2, "")],
        changes=[Change(BEGAN.timestamp() - 60, wild, "")],
    )  # fmt: skip
    for one in sentences(facts):
        assert len(one.text) < 800
        assert "\u202e" not in one.text
        assert "\x00" not in one.text
