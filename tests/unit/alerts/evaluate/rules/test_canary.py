"""The age of the newest canary that came back."""

from string import Formatter

from alerts.evaluate import ruleset
from alerts.evaluate.rules import canary
from alerts.evaluate.rules.canary import Parameters, read
from core import settings
from core.clock import to_datetime

NOW = 1_800_000_000.0


def test_the_age_counts_from_the_newest_return() -> None:
    reading = read((to_datetime(NOW - 60), to_datetime(NOW - 9000)), NOW)
    assert reading.value == 60.0
    assert canary.judge(reading, Parameters(above=900)).state == "good"


def test_one_that_never_came_back_counts_from_the_first_sending() -> None:
    reading = read((None, to_datetime(NOW - 901)), NOW)
    assert canary.judge(reading, Parameters(above=900)).state == "bad"


def test_before_the_first_there_is_nothing_wrong() -> None:
    assert canary.judge(read((None, None), NOW), Parameters(above=900)).state == "good"


def test_the_shipped_sentence_asks_for_nothing_that_the_kind_does_not_give() -> None:
    known = ruleset.load(settings.load({}))
    (summary,) = [rule.config.summary for rule in known.rules if rule.config.kind == "canary"]
    assert {name for _, name, _, _ in Formatter().parse(summary) if name} == {"value"}
