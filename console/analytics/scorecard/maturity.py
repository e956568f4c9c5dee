"""Which weeks are mature: nearly all of their frauds should have a label by now, as the chain ladder says. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from console.analytics.scorecard.vintages import LEAST_WEEKS, MINIMUM, ChainLadder, chain_ladder

Array = npt.NDArray[np.float64]
KNOWN = 0.95  # share of the frauds of a mature week that has a label, as in config/monitoring.toml
MOST_LAGS = 26
WEEK = timedelta(days=7)


class Weeks(Struct, frozen=True):
    """Weeks by their Monday, oldest first, their predictions and labels, and the ladder of their frauds."""

    mondays: list[date]
    predictions: list[int]
    labelled: list[int]
    ladder: ChainLadder | None
    known: int

    @property
    def mature(self) -> list[date]:
        """Weeks that are over and of whose frauds KNOWN have a label."""
        if self.ladder is None:
            return []
        pairs = zip(self.mondays, self.ladder.vintages, strict=True)
        return [at for at, one in pairs if one.share_known is not None and one.share_known >= KNOWN]

    @property
    def why(self) -> str:
        """Why no week is mature; empty where one is."""
        if self.mature:
            return ""
        if len(self.mondays) < LEAST_WEEKS:
            return f"label delay needs {LEAST_WEEKS} whole weeks of predictions, there are {len(self.mondays)}"
        if self.known < MINIMUM:
            return f"label delay needs {MINIMUM} labelled frauds, there are {self.known}"
        return f"no week is old enough to have {100 * KNOWN:.0f} % of its frauds labelled"


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks(
    made: Mapping[date, tuple[int, int]],
    frauds: Sequence[tuple[date, date, int]],
    first: date,
    after: date,
    today: date,
) -> Weeks:
    """Weeks from `first` on that end by `after`, from (predictions, labelled) by Monday and (week, week in which it was
    known, frauds). Those that are not over are left out, and so is what became known in the week under way."""
    now = monday(today)
    start, end = max(first, min((at for at in made), default=now)), min(now, monday(after))
    mondays = [start + n * WEEK for n in range((end - start) // WEEK)]
    place = {at: n for n, at in enumerate(mondays)}
    whole = [(now - at) // WEEK for at in mondays]
    lags = max(2, min(MOST_LAGS, max(whole, default=0)))
    counts: Array = np.zeros((len(mondays), lags))
    for week, told, n in frauds:
        if week in place and told < now and (told - week) // WEEK < lags:
            counts[place[week], (told - week) // WEEK] += n
    ages = np.minimum(np.array(whole, dtype=int), lags)
    numbers = [made.get(at, (0, 0)) for at in mondays]
    return Weeks(
        mondays, [n for n, _ in numbers], [labelled for _, labelled in numbers],
        chain_ladder(counts, ages) if len(mondays) else None, int(counts.sum()),
    )  # fmt: skip
