"""Reports of one sender that would have caused more than they may (X8): blocks, locks, entries of the threat list."""

from alerts.durations import Duration, seconds
from alerts.evaluate import security_event_readings
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.security.report_bounds import ACTION

KIND = "reports"
FACTS = {"said": "token 3 reported more than it may"}


class Parameters(Limits, frozen=True, kw_only=True):
    """Refusals within `window`; `core.security.report_bounds` tells of one for each sender, kind and hour."""

    window: Duration = "1h"


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each sender, and for each that had some."""
    return security_event_readings.gather(context, seconds(parameters.window), ACTION)


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)
