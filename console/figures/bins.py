"""Bins of a time range, as charts of counts have them, and what changed in it; times are epoch ms."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from console.figures import marks
from console.figures.template import time_axis
from core.monitoring.changes import Change

MINUTE = 60_000


class Bins(NamedTuple):
    """Bins of a range: minutes of the epoch [first, after), `step` minutes each; what `changed` is marked."""

    first: int
    after: int
    step: int
    changed: Sequence[Change] = ()

    @property
    def times(self) -> list[int]:
        """The middle of each, epoch ms."""
        return [at * MINUTE + self.step * MINUTE // 2 for at in range(self.first, self.after, self.step)]

    @property
    def start(self) -> float:
        """The begin of the range."""
        return self.first * MINUTE

    @property
    def end(self) -> float:
        """Its end."""
        return self.after * MINUTE

    @property
    def axis(self) -> dict[str, Any]:
        """Its time axis."""
        return time_axis(self.start, self.end)

    @property
    def marks(self) -> marks.Drawn:
        """Shapes and annotations of what changed, for the layout of a chart."""
        return marks.changes(self.changed, self.start, self.end, above=True)

    @property
    def words(self) -> str:
        """How long one is."""
        unit = ("day", 1440) if self.step % 1440 == 0 else ("hour", 60) if self.step % 60 == 0 else ("minute", 1)
        number = self.step // unit[1]
        return f"{number} {unit[0]}{'s' if number > 1 else ''}"
