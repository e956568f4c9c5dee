"""Entries of the stream that are lost fire a rule, for each shard."""

from string import Formatter

from alerts.evaluate import ruleset
from alerts.evaluate.rules import stream_losses
from alerts.evaluate.rules.stream_losses import Parameters
from alerts.evaluate.security_event_readings import readings
from collector import dead_publishers
from core import settings

LIMIT = Parameters(above=0)


def test_each_shard_is_a_series_and_ends_by_itself() -> None:
    found = readings([("shard 0", 1, "gone")], frozenset({"shard 3"}))
    assert [(one.series, stream_losses.judge(one, LIMIT).state) for one in found] == [
        ("shard 0", "bad"),
        ("shard 3", "good"),
    ]


def test_it_reads_what_the_collector_says() -> None:
    assert stream_losses.ACTION == dead_publishers.LOST


def test_the_shipped_sentence_asks_for_nothing_that_the_kind_does_not_give() -> None:
    known = ruleset.load(settings.load({}))
    (summary,) = [rule.config.summary for rule in known.rules if rule.config.kind == "stream-losses"]
    assert {name for _, name, _, _ in Formatter().parse(summary) if name} <= {"said", "series", "value"}
