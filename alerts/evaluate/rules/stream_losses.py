"""Entries of the event stream that somebody deleted before they were stored, and that nobody could publish again."""

from alerts.durations import Duration, seconds
from alerts.evaluate import security_event_readings
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against

KIND = "stream-losses"
FACTS = {"said": "Up to 12 entries of shard 0 of the event stream were deleted before they were stored"}
ACTION = "stream-entries-lost"  # of the collector's security event


class Parameters(Limits, frozen=True, kw_only=True):
    """Losses within `window`; the collector tells of each."""

    window: Duration = "24h"


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each shard that lost something, and for each that had."""
    return security_event_readings.gather(context, seconds(parameters.window), ACTION)


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)
