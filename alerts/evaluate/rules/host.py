"""CPU, memory, disk or load of the host, percent, as the mean over a window (A5)."""

from typing import Any, Literal

from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.clock import to_datetime

KIND = "host"
FACTS: dict[str, str] = {}


class Parameters(Limits, frozen=True, kw_only=True):
    """`load` is the one-minute load in percent of the cores."""

    metric: Literal["cpu", "memory", "disk", "load"]
    window: Duration = "1m"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_least("window", self.window, 10)


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading."""
    start = to_datetime(context.now - seconds(parameters.window))
    rows = context.shared(
        (KIND, parameters.window), lambda: context.rows("rules.host", start=start, end=to_datetime(context.now))
    )
    return [read(rows[0], parameters.metric)]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def read(row: Any, metric: str) -> Reading:
    """The reading of a row with n and the means; pure."""
    value = getattr(row, metric)
    if not row.n or value is None:
        return Reading("", None, details={"missing": "no host samples"})
    return Reading("", round(float(value), 2), row.n)
