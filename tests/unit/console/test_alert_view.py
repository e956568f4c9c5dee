"""What the Alerts page puts together: words, order, who mutes what; and runbooks that are text, never markup."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.as_html import as_html
from console.pages.alert_view import outcome, overview, receipt, word
from console.runbook_text import rendered
from core.alerting.alert_reads import Rule, State
from core.alerting.incident import Incident
from core.alerting.silences import Silence

AT = datetime(2030, 1, 1, tzinfo=UTC)
RULE = Rule("A1", 0, "Fraud rate", "high", {"for": "10m", "unit": "%", "parameters": {"above": 3}}, AT)
STATE = State("A1", "", "firing", "ok", 4.2, AT, AT, "i1")
NOTHING: dict[str, Any] = dict.fromkeys(Incident._fields)


def incident(name: str, severity: str, status: str = "open", minutes: int = 0) -> Incident:
    began = AT - timedelta(minutes=minutes)
    return Incident(**{
        **NOTHING, "id": name, "rule": "A1", "series": "", "kind": "alert", "severity": severity, "status": status,
        "title": name, "began_at": began, "opened_at": began,
    })  # fmt: skip


def test_what_nobody_has_in_hand_comes_first_then_the_worst() -> None:
    found = [incident("a", "critical", "acknowledged"), incident("b", "low"), incident("c", "high", minutes=5)]
    seen = overview([RULE], [STATE], found, [], None, AT.timestamp())
    assert [one.id for one in seen.firing] == ["c", "b", "a"]
    assert seen.announced == "3 firing: c, b, a"
    assert (seen.rules[0].limit, seen.rules[0].hold) == ("> 3 %", "10 min")


def test_a_state_is_told_in_its_words() -> None:
    definition = {"words": ["UP", "SLOW", "DOWN"], "parameters": {"above": 1}}
    rule, state = replace(RULE, definition=definition), replace(STATE, value=2.0)
    (row,) = overview([rule], [state], [], [], None, AT.timestamp()).rules
    assert (row.value, row.limit) == ("DOWN", "worse than SLOW")
    assert overview([rule], [], [], [], None, AT.timestamp()).rules[0].value == "–"


def test_a_silenced_incident_is_listed_with_its_silence_and_its_end_is_warned_of() -> None:
    mute = Silence(1, "A*", "", None, "ann", "drill", AT - timedelta(hours=1), AT + timedelta(minutes=5))
    seen = overview([RULE], [STATE], [incident("a", "high")], [mute], None, AT.timestamp())
    assert seen.firing == []
    assert [(one.id, silence.owner) for one, silence in seen.silenced] == [("a", "ann")]
    assert seen.ending == [mute]
    assert seen.rules[0].word == "silenced"


def test_what_follows_from_another_is_listed_apart_until_people_are_told() -> None:
    cause, follows = incident("cause", "critical"), incident("follows", "medium")._replace(inhibited_by="cause")
    seen = overview([RULE], [STATE], [cause, follows], [], None, AT.timestamp())
    assert ([one.id for one in seen.firing], [one.id for one in seen.inhibited]) == (["cause"], ["follows"])
    told = follows._replace(notified_at=AT)
    assert overview([RULE], [STATE], [cause, told], [], None, AT.timestamp()).inhibited == []


def test_rules_that_nobody_judges_are_said_so() -> None:
    assert not overview([RULE], [STATE], [], [], None, AT.timestamp() + 61).judged
    assert not overview([RULE], [], [], [], None, AT.timestamp()).judged
    assert overview([RULE], [STATE], [], [], None, AT.timestamp() + 59).judged


def test_words() -> None:
    assert word(RULE, None, None, set()) == "waiting"
    assert word(RULE, STATE, None, {"i1"}) == "acknowledged"
    assert word(RULE, STATE, None, set()) == "firing"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"state": "sent", "attempts": 1, "receipt": {"status": "202", "details": {"ms": 85}}}, "202, ms 85"),
        ({"state": "pending", "attempts": 0, "last_error": None}, "waiting to be sent"),
        ({"state": "pending", "attempts": 2, "last_error": "429"}, "429 (2 tries)"),
        ({"state": "dead", "attempts": 1, "last_error": None}, "not sent (1 try)"),
    ],
)
def test_what_became_of_a_message_reads_in_a_few_words(message: dict[str, Any], words: str) -> None:
    assert outcome(message) == words


def test_a_receipt_that_is_none_or_a_text() -> None:
    assert (receipt(None), receipt("ok")) == ("", "ok")


def test_a_runbook_is_markdown_and_nothing_else() -> None:
    parts = rendered(
        "# A1\n\nSee [A2](A2.md#undo), [out](javascript:alert(1)), <script>x</script>\n\n| a |\n|---|\n| b |", "/r/"
    )
    assert [type(part).__name__ for part in parts] == ["H2", "P", "Table"]
    found = as_html(parts)
    assert 'href="/r/A2#undo"' in found
    assert "&lt;script&gt;x&lt;/script&gt;" in found, "it is text"
    assert "<script" not in found
    assert "javascript:" not in found.replace("(javascript:alert(1))", "")
    assert "<td>b</td>" in found
