"""What is to be written about telling people is decided without a database, as one value."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.config import AlertsConfig, RuleConfig
from alerts.evaluate.rule import all_kinds
from alerts.evaluate.ruleset import Rules, build
from alerts.notify.notifications import Known, Messages, Sorted, decide
from alerts.notify.stages.group import Plan, Telling
from alerts.notify.stages.inhibit import Cause
from core.alerting.incident import Incident
from core.alerting.incident_groups import Member
from core.alerting.unnotified import Unnotified

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START.timestamp() + 60
NOTHING = Sorted([], {}, {})


def rules() -> Rules:
    config = RuleConfig(
        "A1", "t", "s", "window", "high", channels=["slack", "log"],
        parameters={"metric": "fraud_rate", "window": "10m", "above": 3.0},
    )  # fmt: skip
    return Rules(AlertsConfig(), (build(config, AlertsConfig(), all_kinds(), {}),))


def incident(number: int) -> Incident:
    at = START + timedelta(seconds=number)
    nothing: dict[str, Any] = dict.fromkeys(
        ["notified_at", "acknowledged_at", "acknowledged_by", "escalated_at", "resolved_at", "resolved_by", "assignee"]
    )
    return Incident(
        id=f"i{number}", rule="A1", series=f"s{number}", kind="alert", severity="high", status="open", title="t",
        summary="so it is", value=4.0, peak=4.0, limit_value=3.0, unit="%", began_at=at, opened_at=at,
        correlation_id=f"i{number}", details={}, **nothing,
    )  # fmt: skip


def untold(number: int, inhibited_by: str | None = None) -> Unnotified:
    at = START + timedelta(seconds=number)
    return Unnotified(f"i{number}", "A1", f"s{number}", "alert", "high", at, None, inhibited_by, None, None, None)


def decided(
    plan: Plan, members: dict[str, list[Member]] | None = None, found: Sorted = NOTHING, **more: Any
) -> Messages:
    known = Known({f"i{n}": incident(n) for n in range(20)}, members or {}, more.pop("causes", {}))
    waiting = more.pop("waiting", [untold(n) for n in range(20)])
    return decide(waiting, found, plan, known, more.pop("fresh", frozenset()), rules(), NOW)


def test_one_that_is_told_alone_has_a_message_a_channel_and_a_line() -> None:
    found = decided(Plan([Telling("i1", ("i1",), group=False)], {}))
    assert [one.key for one in found.intents] == ["i1/trigger/slack", "i1/trigger/log"]
    assert (found.told, found.joined) == (["i1"], {})
    assert [(line.incident_id, line.kind, line.text) for line in found.lines] == [
        ("i1", "notified", "notified slack, log")
    ]


def test_a_new_group_is_named_by_its_first_and_counts_the_others() -> None:
    plan = Plan([Telling("i1", ("i1", "i2", "i3"), 2)], {f"i{n}": "i1" for n in (1, 2, 3)})
    found = decided(plan, {"i1": []})
    assert [one.key for one in found.intents] == ["i1/trigger/slack", "i1/trigger/log"]
    notice = found.intents[0].notice
    assert (notice.group, notice.more, notice.follows) == ("i1", 2, False)
    assert notice.summary == "so it is And 2 more: s3, s2; the incident page lists them."
    assert [line.text for line in found.lines] == [
        "notified slack, log of this and 2 more", "notified slack, log of this with i1",
        "notified slack, log of this with i1",
    ]  # fmt: skip


def test_a_later_message_names_those_that_join_before_those_that_were_there() -> None:
    there = [Member("old", START - timedelta(hours=1)), Member("older", START - timedelta(hours=2))]
    found = decided(Plan([Telling("i1", ("i5",), 3)], {"i5": "i1"}), {"i1": there})
    (message, *_) = found.intents
    assert message.key == "i1/trigger/slack/3"
    assert message.notice.follows
    assert message.notice.summary.endswith("And 3 more: s5, old, older; the incident page lists them.")
    assert found.told == ["i5"]


def test_only_so_many_of_a_group_are_named() -> None:
    plan = Plan([Telling("i0", tuple(f"i{n}" for n in range(20)), 19)], {f"i{n}": "i0" for n in range(20)})
    summary = decided(plan, {"i0": []}).intents[0].notice.summary
    assert "And 19 more: s19, s18," in summary
    assert "s10 and 9 others" in summary


def test_one_that_waits_in_a_group_says_nothing_yet() -> None:
    assert decided(Plan([], {"i2": "i1"})) == Messages({}, {"i2": "i1"}, [], [], [])


def test_what_is_muted_says_so_once() -> None:
    muted = Sorted([], {"i1": "a silence", "i2": "a silence"}, {})
    found = decided(Plan([], {}), found=muted, fresh=frozenset({"i1"}))
    assert [(line.incident_id, line.kind, line.text) for line in found.lines] == [("i1", "muted", "a silence")]
    assert found.intents == []


def test_what_follows_from_a_cause_says_from_which() -> None:
    firing = Cause("A2", "web", "firing", 0.0, "A2-1")
    pending = Cause("A2", "db", "pending", 0.0)
    held: dict[str, Cause | None] = {
        "i1": firing,
        "i2": pending,
        "i3": firing,
        "i4": None,
        "i5": Cause("A3", "", "pending", 0.0),
    }
    waiting = [untold(1), untold(2), untold(3, "A2-1"), untold(4), untold(5)]
    causes = {("A2", "db"): "A2-0", ("A3", ""): None}
    found = decided(Plan([], {}), found=Sorted([], {}, held), waiting=waiting, causes=causes)
    assert found.inhibited == {"i1": "A2-1", "i2": "A2-0"}
    assert [(line.incident_id, line.text, line.details) for line in found.lines] == [
        ("i1", "it is caused by A2 (web), which was notified", {"incident": "A2-1"}),
        ("i2", "it is caused by A2 (db), which was notified", {"incident": "A2-0"}),
    ]
