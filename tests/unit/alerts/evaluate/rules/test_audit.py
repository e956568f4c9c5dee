"""Breaks of the audit log that nobody acknowledged."""

from string import Formatter

from alerts.evaluate import ruleset
from alerts.evaluate.rules import audit
from alerts.evaluate.rules.audit import Parameters, read
from core import settings
from core.clock import to_datetime

NOW = 1_800_000_000.0
LIMIT = Parameters(above=0)


def test_a_recorded_break_fires_and_says_what_is_wrong() -> None:
    reading = read((2, "altered: row 3", to_datetime(NOW - 60), 0, ""), NOW, 3 * 3600)
    assert (audit.judge(reading, LIMIT).state, reading.details["problem"]) == ("bad", "altered: row 3")


def test_a_check_that_could_not_record_its_problem_fires_too() -> None:
    assert audit.judge(read((0, None, to_datetime(NOW - 60), 1, "row 3"), NOW, 3 * 3600), LIMIT).state == "bad"


def test_a_whole_log_is_good_and_an_old_check_is_missing_data() -> None:
    assert audit.judge(read((0, None, to_datetime(NOW - 60), 0, ""), NOW, 3 * 3600), LIMIT).state == "good"
    assert audit.judge(read((0, None, None, None, None), NOW, 3 * 3600), LIMIT).state == "good"
    assert audit.judge(read((0, None, to_datetime(NOW - 4 * 3600), 0, ""), NOW, 3 * 3600), LIMIT).state == "no_data"


def test_the_shipped_sentence_asks_for_nothing_that_the_kind_does_not_give() -> None:
    known = ruleset.load(settings.load({}))
    (summary,) = [rule.config.summary for rule in known.rules if rule.config.kind == "audit"]
    assert {name for _, name, _, _ in Formatter().parse(summary) if name} == {"problem"}
