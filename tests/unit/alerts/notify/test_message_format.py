"""Words that read well at 3 a.m."""

import pytest

from alerts.notify import message_format
from tests.receiving import NOTICE, notice


def test_the_whole_message():
    assert message_format.text(NOTICE).splitlines() == [
        "HIGH: Fraud rate is high: 4.212 % (limit 3 %)",
        "",
        "4.21 % of the transactions of the last 10 minutes were blocked.",
        "",
        "Severity: high",
        "Value: 4.212 % (limit 3 %)",
        "Began: 22:13 UTC (14 min)",
        "Rule: A1",
        "",
        f"Incident: {NOTICE.link}",
        f"Runbook: {NOTICE.runbook}",
        "",
        "Correlation id: c0ffee",
    ]


@pytest.mark.parametrize(
    ("event", "begins"),
    [
        ("trigger", "HIGH: Fraud"),
        ("resolve", "Resolved: Fraud"),
        ("acknowledge", "Acknowledged: Fraud"),
        ("escalate", "Escalated (high): Fraud"),
        ("test", "Test: Fraud"),
    ],
)
def test_the_state_comes_first(event, begins):
    assert message_format.headline(notice(event=event)).startswith(begins)


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (840, "14 min"), (12000, "3 h 20 min"), (7200, "2 h"), (187200, "2 d 4 h")]
)
def test_durations(seconds, words):
    assert message_format.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(4.2123, "%", "4.212 %"), (1250.4, "ms", "1,250 ms"), (4999, "USD", "$4,999"), (0.0, "", "0"), (2, "", "2")],
)
def test_quantities(value, unit, words):
    assert message_format.quantity(value, unit) == words


def test_the_end_tells_what_was():
    assert "Was: 4.21 % of" in message_format.text(notice(event="resolve"))
    assert "It was" not in message_format.text(NOTICE)


@pytest.mark.parametrize(
    ("value", "limit", "unit", "said"),
    [
        (1.0, 0.5, "", ""),
        (0.0, 0.5, "", ""),
        (1.0, 0.5, "%", "1 % (limit 0.5 %)"),
        (0.7, 0.5, "", "0.7 (limit 0.5)"),
    ],
)
def test_a_yes_or_no_is_no_number(value, limit, unit, said):
    assert message_format.against(notice(value=value, limit=limit, unit=unit)) == said


def test_a_state_is_said_in_its_word():
    down = notice(title="Service DOWN (rpc)", value=2.0, limit=1.0, unit="", details={"words": ["UP", "SLOW", "DOWN"]})
    assert message_format.headline(down) == "HIGH: Service DOWN (rpc)"
    assert message_format.Fact("Value", "DOWN") in message_format.facts(down)
    assert (
        message_format.against(notice(value=1.0, limit=0.5, unit="", details={"words": ["answers", "silent"]}))
        == "silent"
    )


def test_nothing_is_said_where_nothing_is_known():
    bare = notice(value=None, limit=None, summary="", link="", runbook="", correlation_id="")
    assert message_format.headline(bare) == "HIGH: Fraud rate is high"
    assert "None" not in message_format.text(bare)
