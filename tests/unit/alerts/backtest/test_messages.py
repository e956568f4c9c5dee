"""Messages about firings are those that the notifier's grouping would have sent."""

import shutil
from pathlib import Path

import pytest
from msgspec import structs

from alerts.backtest.messages import Message, messages
from alerts.backtest.spec import Firing
from alerts.config import GroupingConfig
from alerts.evaluate import ruleset
from alerts.evaluate.ruleset import Rule
from alerts.notify.stages.group import GroupingPolicy, terms_of
from core import settings

USUAL = GroupingPolicy(10, 300, 1800)


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> Rule:
    folder: Path = tmp_path_factory.mktemp("config")
    shutil.copytree(settings.ROOT / "config", folder / "config")
    return ruleset.load(settings.load({"GATEHOUSE_CONFIG": str(folder / "config")})).by_id()["service-down"]


def firings(*spans: tuple[float, float | None]) -> list[Firing]:
    return [Firing(f"s{number}", start, start, end, None) for number, (start, end) in enumerate(spans)]


def test_alone_each_is_a_message(rule: Rule) -> None:
    assert messages(rule, firings((5, 9), (0, None)), None) == [Message(0, (1,)), Message(5, (0,))]


def test_the_first_is_told_at_once_and_the_rest_together(rule: Rule) -> None:
    sent = messages(rule, firings((0, 900), (2, 900), (4, 900), (60, 900)), USUAL)
    assert sent == [Message(0, (0,)), Message(10, (1, 2)), Message(60, (3,))]


def test_pauses_double_up_to_the_longest(rule: Rule) -> None:
    sent = messages(rule, firings(*((float(second), None) for second in range(1000))), USUAL)
    assert [one.at for one in sent] == [0, 10, 30, 70, 150, 310, 610, 910, 1210]
    assert sorted(place for one in sent for place in one.of) == list(range(1000))


def test_what_is_over_before_its_message_is_not_told(rule: Rule) -> None:
    assert messages(rule, firings((0, 900), (2, 5)), USUAL) == [Message(0, (0,))]


def test_after_a_group_is_over_what_waits_is_told_by_itself(rule: Rule) -> None:
    sent = messages(rule, firings((0, 100), (20, 4000)), USUAL._replace(wait=3600, interval=3600))
    assert sent == [Message(0, (0,)), Message(100, (1,))]


def test_a_group_that_did_not_grow_takes_no_more(rule: Rule) -> None:
    assert messages(rule, firings((0, None), (2000, None)), USUAL) == [Message(0, (0,)), Message(2000, (1,))]
    slow = USUAL._replace(wait=3600)
    assert messages(rule, firings((0, None), (2000, None)), slow) == [Message(0, (0,)), Message(2000, (1,))]
    assert messages(rule, firings((0, None), (1700, None)), slow) == [Message(0, (0,)), Message(3600, (1,))]


def test_terms_of_a_rule_come_before_those_of_all(rule: Rule) -> None:

    own = structs.replace(rule.config, group_wait="5m", group_lasting="2h")
    assert terms_of(rule.config, GroupingConfig()) == USUAL
    assert terms_of(own, GroupingConfig()) == GroupingPolicy(300, 300, 7200)
    assert terms_of(structs.replace(own, group=False), GroupingConfig()) is None
