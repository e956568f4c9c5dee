"""Reports of one sender that would have caused too much."""

from string import Formatter

from alerts.evaluate import ruleset
from alerts.evaluate.rules import reports
from alerts.evaluate.rules.reports import Parameters
from alerts.evaluate.security_event_readings import readings
from core import settings

LIMIT = Parameters(above=0)


def test_each_sender_is_a_series_and_ends_by_itself() -> None:
    found = readings([("token:ab", 2, "too much")], frozenset({"token:cd"}))
    assert [(one.series, reports.judge(one, LIMIT).state) for one in found] == [
        ("token:ab", "bad"),
        ("token:cd", "good"),
    ]


def test_the_shipped_sentence_asks_for_nothing_that_the_kind_does_not_give() -> None:
    known = ruleset.load(settings.load({}))
    (summary,) = [rule.config.summary for rule in known.rules if rule.config.kind == "reports"]
    assert {name for _, name, _, _ in Formatter().parse(summary) if name} <= {"said", "series", "value"}
