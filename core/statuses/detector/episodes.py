"""Alarms of single series put together into episodes. Pure.

Series that alarm within ten minutes of an episode's latest alarm or recovery belong to it. An episode ends when the
last of its series is as usual again. Rises of volume alone inform and page nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from core.statuses.detector.alarm import Change
from core.statuses.detector.detector import Evidence

TOGETHER = 10  # minutes


class Series(NamedTuple):
    """A series by its kind (`composition` or `volume`) and its number in the layout."""

    kind: str
    number: int


@dataclass(slots=True)
class Alarm:
    """One firing of a series; minutes of the epoch. `fired` is the minute that closed with the alarm."""

    series: Series
    onset: int
    fired: int
    direction: int
    evidence: float
    told: int | None = None
    ended: int | None = None
    new_normal: bool = False

    @property
    def pages(self) -> bool:
        """Whether somebody is to be woken: everything but a rise of volume."""
        return self.series.kind == "composition" or self.direction < 0


@dataclass(slots=True)
class Episode:
    """Alarms that belong together."""

    alarms: list[Alarm] = field(default_factory=list)

    @property
    def onset(self) -> int:
        """The onset of its first alarm that pages, or of its first."""
        chosen = [alarm for alarm in self.alarms if alarm.pages] or self.alarms
        return min(chosen, key=lambda alarm: alarm.fired).onset

    @property
    def fired(self) -> int:
        """The minute of the first alarm that pages, or of the first."""
        return min(alarm.fired for alarm in [alarm for alarm in self.alarms if alarm.pages] or self.alarms)

    @property
    def pages(self) -> bool:
        """Whether one of its alarms does."""
        return any(alarm.pages for alarm in self.alarms)

    @property
    def told(self) -> int | None:
        """The minute in which recovery was told, None while a series still fires."""
        told = [alarm.told for alarm in self.alarms]
        return None if None in told else max(minute for minute in told if minute is not None)

    @property
    def ended(self) -> int | None:
        """The first minute that was as usual again, as it was told."""
        ended = [alarm.ended for alarm in self.alarms]
        return None if None in ended else max(minute for minute in ended if minute is not None)

    def latest(self, at: int) -> int:
        """The minute of the latest alarm or recovery up to `at`."""
        times = [alarm.fired for alarm in self.alarms] + [alarm.told or 0 for alarm in self.alarms]
        return max(time for time in times if time <= at)


@dataclass(slots=True)
class Log:
    """Takes the evidence of one minute after another and keeps every alarm with its end."""

    alarms: list[Alarm] = field(default_factory=list)
    open: dict[Series, Alarm] = field(default_factory=dict)

    def copy(self) -> "Log":
        """The same alarms, to go on with apart."""
        alarms = {id(alarm): replace(alarm) for alarm in self.alarms}
        return Log(list(alarms.values()), {series: alarms[id(alarm)] for series, alarm in self.open.items()})

    def take(self, at: int, evidence: Evidence) -> None:
        """What changed in minute `at`."""
        for kind, judged in (("composition", evidence.composition), ("volume", evidence.volume)):
            change: Change = judged.change
            if not (change.fired.any() or change.recovered.any() or change.renewed.any()):
                continue
            for index in np.flatnonzero(change.recovered | change.renewed):
                self._close(Series(kind, int(index)), at, change, int(index))
            for index in np.flatnonzero(change.fired):
                series = Series(kind, int(index))
                direction = 1 if kind == "composition" else int(evidence.direction[index])
                onset = at - int(change.onset[index])
                alarm = Alarm(series, onset, at, direction, float(judged.evidence[index]))
                self.alarms.append(alarm)
                self.open[series] = alarm

    def _close(self, series: Series, at: int, change: Change, index: int) -> None:
        alarm = self.open.pop(series)
        alarm.told = at
        alarm.new_normal = bool(change.renewed[index])
        alarm.ended = at if alarm.new_normal else at - int(change.ended[index]) + 1


def episodes(alarms: Iterable[Alarm]) -> list[Episode]:
    """The alarms of one source in episodes, by time."""
    found: list[Episode] = []
    for alarm in sorted(alarms, key=lambda alarm: alarm.fired):
        if found and alarm.fired - found[-1].latest(alarm.fired) <= TOGETHER:
            found[-1].alarms.append(alarm)
        else:
            found.append(Episode([alarm]))
    return found
