"""The contract of a custom figure: what `collector/figures/<name>.py` defines as `FIGURE`.

`compute` gets a `FigureContext` and returns what was measured: a number, numbers by the name of their series, or
`Point`s with times of their own. It reads and never writes; what it raises is shown beside the chart.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.db import engine
from core.db.engine import Database
from core.errors import BadInput
from core.events.retention import DAY
from core.settings import Settings
from core.stores import Stores
from core.untrusted_text import visible

LEAST_EVERY, MOST_EVERY = 10.0, DAY  # seconds
MOST_POINTS = 1_000  # of one sample
MOST_SERIES = 50  # of one figure
LONGEST_NAME = 100  # characters of a series
LARGEST = 1e15
AHEAD = 60.0  # seconds that a time may lie in the future


class Point(NamedTuple):
    """A value of a series at a time in epoch seconds; without one, the time of the sample."""

    value: float
    series: str = ""
    time: float | None = None


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What `compute` may use: the stores, the settings, and the time of the sample in epoch seconds."""

    stores: Stores
    settings: Settings
    now: float
    timeout: float = 10.0

    def rows(self, statement: str) -> list[Mapping[str, Any]]:
        """At most `MOST_POINTS` + 1 rows of one SELECT. Raises BadInput where it takes too long or is none."""
        return read(self.stores.database, statement, self.timeout)


Measured = float | Mapping[str, float] | Iterable[Point]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its title, the unit of its values, how often it is sampled, how, and how long that may take (s)."""

    title: str
    unit: str
    every: float
    compute: Callable[[FigureContext], Measured]
    timeout: float = 10.0

    def __post_init__(self) -> None:
        if not LEAST_EVERY <= self.every <= MOST_EVERY:
            raise ValueError(f"every must be {LEAST_EVERY:g} to {MOST_EVERY:g} seconds")
        if not 0 < self.timeout <= 60:
            raise ValueError("timeout must be at most 60 seconds")


def read(database: Database, statement: str, timeout: float) -> list[Mapping[str, Any]]:
    """The rows of one SELECT in a transaction that cannot write and ends after `timeout` seconds.

    Raises BadInput for what takes longer, and what PostgreSQL says of a statement that it refuses.
    """
    late = BadInput("query", f"took longer than {timeout:g} s")
    with database.transaction() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        with engine.at_most(connection, max(1, round(timeout * 1000)), late):
            # As a part of another SELECT it can be nothing but one; without parameters a percent sign is one.
            whole = f"SELECT * FROM (\n{statement}\n) AS figure LIMIT {MOST_POINTS + 1}"  # nosec B608: config/ has it
            found = connection.execution_options(no_parameters=True).exec_driver_sql(whole)
            return [dict(row) for row in found.mappings()]


def points(measured: Measured, sampled: float, now: float, oldest: float) -> list[tuple[float, str, float]]:
    """(time, series, value) of what was measured, one for each time and series, from `oldest` on.

    What has no time has that of the sample. Raises BadInput for what cannot be drawn: too many points or series, no
    number, a time in the future.
    """
    found: dict[tuple[float, str], float] = {}
    for value, series, time in _listed(measured):
        at = sampled if time is None else time
        if at > now + AHEAD:
            raise BadInput("time", f"{at:.0f} lies in the future")
        if at >= oldest:
            found[at, visible(series)[:LONGEST_NAME]] = value
    if len({series for _, series in found}) > MOST_SERIES:
        raise BadInput("series", f"there are more than {MOST_SERIES}")
    return [(at, series, value) for (at, series), value in found.items()]


def _listed(measured: Any) -> Sequence[Point]:
    if isinstance(measured, (int, float)):
        listed: list[Any] = [Point(measured)]
    elif isinstance(measured, Mapping):
        listed = [Point(value, str(series)) for series, value in measured.items()]
    else:
        listed = []
        for one in measured:
            listed.append(one)
            if len(listed) > MOST_POINTS:
                break
    if len(listed) > MOST_POINTS:
        raise BadInput("values", f"there are more than {MOST_POINTS:,}")
    return [_checked(one) for one in listed]


def _checked(point: Any) -> Point:
    if not isinstance(point, Point):
        raise BadInput("values", f"expected a Point, got {type(point).__name__}")
    value = float(point.value)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise BadInput("value", f"{value} cannot be drawn")
    if point.time is not None and not math.isfinite(point.time):
        raise BadInput("time", f"{point.time} is none")
    return Point(value, str(point.series), point.time)
