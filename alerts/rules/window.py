"""A metric over a rolling window of slots against limits (A1, A2, K1-K4, error and approval rate)."""

from collections.abc import Callable

from alerts.backtest.history import History
from alerts.context import Context
from alerts.metrics import Metric, Seen, read
from alerts.rule import Limits, Reading, Verdict, against
from core.durations import Duration, seconds

KIND = "window"


class Parameters(Limits, frozen=True, kw_only=True):
    """`window` is its length; counts and money are scaled to an hour, rates are percent, latencies ms."""

    metric: Metric
    window: Duration


def span(parameters: Parameters) -> float:
    """How many seconds of slots the rule needs."""
    return seconds(parameters.window)


def gather(context: Context, parameters: Parameters) -> list[Reading]:
    """One reading, of the window that ends with what is stored."""
    if context.behind:
        return [Reading("", None, details={"missing": context.behind})]
    length = int(seconds(parameters.window))
    totals, judged = context.shared((KIND, length), lambda: context.windows().at(context.as_of, length))
    return [read(parameters.metric, Seen(totals, judged, length))]


def past(history: History, parameters: Parameters) -> Callable[[float], list[Reading]]:
    """What would have been gathered at any instant of the history."""
    length = int(seconds(parameters.window))
    return lambda now: [read(parameters.metric, Seen(*history.at(now, length), length))]


def judge(reading: Reading, parameters: Parameters) -> Verdict:
    """Plain limits."""
    return against(parameters, reading)
