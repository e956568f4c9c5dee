"""A metric over a rolling window of slots against limits (A1, A2, K1-K4, error and approval rate)."""

from collections.abc import Callable

from alerts.backtest.history import History
from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.metrics import Metric, WindowCounts, kept, read
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.events import time_buckets
from core.settings import Settings

KIND = "window"
FACTS = {"part": 12, "of": 240, "blocked_in_force": 12}


class Parameters(Limits, frozen=True, kw_only=True):
    """`window` is its length; counts and money are scaled to an hour, rates are percent, latencies ms."""

    metric: Metric
    window: Duration

    def __post_init__(self) -> None:
        super().__post_init__()
        check_least("window", self.window, time_buckets.WIDTH)


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """The window must lie within what is kept."""
    return kept(parameters.window, settings)


def span(parameters: Parameters) -> float:
    """How many seconds of slots the rule needs."""
    return seconds(parameters.window)


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading, of the window that ends with what is stored."""
    if context.behind:
        return [Reading("", None, details={"missing": context.behind})]
    length = int(seconds(parameters.window))
    totals, judged = context.shared((KIND, length), lambda: context.windows().at(context.as_of, length))
    return [read(parameters.metric, WindowCounts(totals, judged, length))]


def past(history: History, parameters: Parameters) -> Callable[[float], list[Reading]]:
    """What would have been gathered at any instant of the history."""
    length = int(seconds(parameters.window))
    return lambda now: [read(parameters.metric, WindowCounts(*history.at(now, length), length))]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)
