"""Series of one's own as readings of a rule: each judged by itself, at its own interval."""

import math
import statistics
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from alerts import durations
from alerts.backtest.spec import Point, Series
from alerts.evaluate.rule import Limits, Reading
from alerts.evaluate.ruleset import Rule
from core.errors import BadInput

Ticks = Iterable[tuple[float, list[Reading]]]


class SeriesChunk(NamedTuple):
    """One series of a file, and the median seconds between two of its points."""

    name: str
    points: list[Point]
    step: float


def parts(series: Series) -> list[SeriesChunk]:
    """The series of a file. Raises BadInput when there are too few points, or their times do not ascend."""
    given = series.parts or {"": series.points}
    gaps = {name: [b[0] - a[0] for a, b in pairwise(found)] for name, found in given.items()}
    every = [gap for found in gaps.values() for gap in found]
    if not every:
        raise BadInput("$.series.points", "a series needs two points with different times")
    for name, found in gaps.items():
        for index, gap in enumerate(found, 1):
            if not gap > 0:
                place = f".parts[{name!r}][{index}]" if series.parts else f".points[{index}]"
                raise BadInput(f"$.series{place}", "its time is not later than the one before")
    usual = statistics.median(every)
    return [
        SeriesChunk(name, given[name], statistics.median(found) if found else usual) for name, found in gaps.items()
    ]


def ticks(rule: Rule, part: SeriesChunk) -> Ticks:
    """What the rule reads of one series, point by point. Raises BadInput for kinds that read no series."""
    parameters = rule.parameters
    if isinstance(parameters, Limits):
        return [(at, [Reading(part.name, value, parameters.minimum)]) for at, value in part.points]
    if hasattr(rule.kind, "along"):
        return _named(rule.kind.along(part.points, parameters), part.name)
    raise BadInput("$.rule", f"rules of the kind {rule.config.kind!r} cannot evaluate uploaded series")


def advice(rule: Rule, step: float) -> str:
    """What a rule that learns from the past would need at the interval of a series; "" where it has enough."""
    if getattr(rule.parameters, "by_records", False):
        return "records need two days of the series, and 20 points of its local past"
    trailing, least = getattr(rule.parameters, "trailing", None), getattr(rule.kind, "LEAST", 0)
    if trailing is None or durations.seconds(trailing) >= least * step:
        return ""
    held = math.floor(durations.seconds(trailing) / step)
    hours = math.ceil(3 * least * step / 3600)
    return (
        f"trailing = {trailing} holds {held} points of this series (one every {durations.text(step)}), "
        f"{least} are needed; try --set trailing={hours}h window={max(5, math.ceil(step / 60))}m"
    )


def _named(found: Ticks, name: str) -> Iterator[tuple[float, list[Reading]]]:
    for at, readings in found:
        yield at, [reading._replace(series=name) for reading in readings]
