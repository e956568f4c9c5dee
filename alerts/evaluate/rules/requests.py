"""Response time or error rate of each service's requests over a window (A5); a series is a service's name."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.clock import to_datetime

KIND = "requests"
FACTS = {"part": 3, "of": 120}
REFRESH = 10.0


class Parameters(Limits, frozen=True, kw_only=True):
    """`duration` is the `quantile` in seconds, `errors` the percentage of answers ≥ 500; `service`: only this one."""

    metric: Literal["duration", "errors"]
    window: Duration = "5m"
    quantile: Annotated[float, Meta(gt=0, le=1)] = 0.95
    service: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_least("window", self.window, 10)


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each service that answered requests; read again every ten seconds."""
    if context.behind:
        return [Reading(name, None, details={"missing": context.behind}) for name in sorted(context.known_series())]
    end = context.as_of
    bounds = {"start": to_datetime(end - seconds(parameters.window)), "end": to_datetime(end)}
    key = (KIND, parameters.window, parameters.quantile)
    rows = context.memory.remember(
        key, context.now, REFRESH, lambda: context.rows("rules.requests", quantile=parameters.quantile, **bounds)
    )
    return readings(rows, parameters, context.known_series())


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def readings(rows: list[Any], parameters: Parameters, known: frozenset[str]) -> list[Reading]:
    """Readings from rows of (service, n, duration in ms, errors); a known one without requests has no data; pure."""
    wanted = [row for row in rows if parameters.service in ("", row[0])]
    found = []
    for service, n, duration, errors in wanted:
        value = float(duration) / 1000.0 if parameters.metric == "duration" else 100.0 * errors / n
        found.append(Reading(service, round(value, 4), n, details={"part": errors, "of": n}))
    missing = sorted(known - {row[0] for row in wanted})
    return found + [Reading(name, None, details={"missing": "no requests"}) for name in missing]
