"""What the page Scorecard reads: the sums of `sql/queries/analytics/` and the reference of a model, as arrays."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from console.analytics.scorecard import maturity, score_bins, stability
from console.analytics.scorecard.maturity import Weeks
from console.analytics.scorecard.overrides import Counts as Said
from console.analytics.scorecard.score_bins import BINS
from console.analytics.scorecard.stability import Stability
from console.analytics.scorecard.swaps import Counts as Decided
from core import clock
from core.analytics.periods import DAY, Span
from core.db.engine import Connection
from core.db.queries import query
from core.models.drift.baseline import Baseline, Numeric
from core.models.registry import ReferenceBins

Array = npt.NDArray[np.float64]
LABELS = ("", "fraud", "legit")
GROUPS = 10
# As the migration packs the bins of a day.
COUNTS = np.dtype([("bin", ">i2"), ("n", ">i4")])
MONEY = np.dtype([("amount", ">f8"), ("square", ">f8")])


class Days(Struct, frozen=True):
    """Arrays (days, BINS) of one model: all rows, labelled frauds and others, the frauds' amounts and their squares."""

    days: list[date]
    rows: Array
    frauds: Array
    legit: Array
    amounts: Array
    squares: Array

    def of(self, chosen: Sequence[date]) -> "Days":
        """Those of weeks, by their Mondays."""
        wanted = set(chosen)
        kept = [n for n, day in enumerate(self.days) if maturity.monday(day) in wanted]
        arrays = (self.rows, self.frauds, self.legit, self.amounts, self.squares)
        return Days([self.days[n] for n in kept], *(array[kept] for array in arrays))


def models(connection: Connection, span: Span) -> dict[int, int]:
    """Predictions by model in the days of a span, the busiest first."""
    return {row.model_version: row.predictions for row in connection.execute(query("scores.models"), span.given)}


def score_counts(connection: Connection, version: int, span: Span) -> dict[str, Array]:
    """Scores (BINS,) of one model in a span by label, and of all under the name `all`."""
    given: dict[str, Any] = {"version": version, **span.given_by_days}
    found = {label: np.zeros(BINS) for label in LABELS}
    for label, place, n in connection.execute(query("scores.bins"), given):
        found[label][place] = n
    days = {"version": version, "first": given["whole_start"].date(), "after": given["whole_end"].date()}
    for _, label, counts, _ in connection.execute(query("scores.days"), days):
        packed = np.frombuffer(counts, COUNTS)
        found[label][packed["bin"]] += packed["n"]
    return found | {"all": sum(found.values(), np.zeros(BINS))}


def score_days(connection: Connection, version: int, first: date, after: date) -> Days:
    """One model's scores by day."""
    given = {"version": version, "first": first, "after": after}
    rows = list(connection.execute(query("scores.days"), given))
    days = sorted({row.day for row in rows})
    place = {day: n for n, day in enumerate(days)}
    every, bad, good, amounts, squares = (np.zeros((len(days), BINS)) for _ in range(5))
    for day, label, counts, money in rows:
        at, packed = place[day], np.frombuffer(counts, COUNTS)
        bins, n = packed["bin"], packed["n"]
        every[at, bins] += n
        if label == "fraud":
            summed = np.frombuffer(money, MONEY)
            bad[at, bins], amounts[at, bins], squares[at, bins] = n, summed["amount"], summed["square"]
        elif label == "legit":
            good[at, bins] = n
    return Days(days, every, bad, good, amounts, squares)


def weeks(connection: Connection, span: Span, now: float) -> Weeks:
    """The weeks of a span, with the labels and frauds that are known now."""
    first = maturity.monday(clock.to_datetime(span.start + 7 * DAY - 1).date())
    begin = _seconds(first)
    given = Span(begin, max(begin, span.end)).given
    made = {
        row.week: (row.predictions, row.labelled) for row in connection.execute(query("vintages.predictions"), given)
    }
    told = [tuple(row) for row in connection.execute(query("vintages.weeks"), given)]
    return maturity.weeks(made, told, first, clock.to_datetime(span.end).date(), clock.to_datetime(now).date())


def score_reference(baseline: Baseline | None) -> Array | None:
    """How many reference scores each bin holds, by the grid that is kept of them; None where none is kept."""
    column = next((one for one in baseline.columns if one.role == "score"), None) if baseline else None
    if not isinstance(column, Numeric):
        return None
    below = np.nextafter(np.array(score_bins.EDGES, dtype=np.float32), np.float32(-1)).astype(float)
    return np.diff(column.at(below), prepend=0.0, append=float(column.present))


def score_stability(counts: Array, reference: Array) -> tuple[Stability, list[int]]:
    """The PSI of the scores over tenths of the reference, and the first bin of each group."""
    firsts = score_bins.groups(reference, GROUPS)
    now, before = score_bins.grouped(counts, firsts), np.rint(score_bins.grouped(reference, firsts))
    return stability.judge("score", now, before), firsts


def feature_stability(
    connection: Connection, version: int, reference: Sequence[ReferenceBins], span: Span
) -> list[Stability]:
    """The CSI of every feature on the days (UTC) that a span touches, largest first."""
    first, after = clock.to_datetime(span.start).date(), clock.to_datetime(span.end - 1).date() + timedelta(days=1)
    given = {"version": version, "first": first, "after": after}
    width = sum(len(one.counts) for one in reference)
    total = np.zeros(width)
    for _, counts in connection.execute(query("scores.features"), given):
        if len(counts) == width:
            total += np.array(counts, dtype=float)
    found, start = [], 0
    for one in reference:
        end = start + len(one.counts)
        found.append(stability.judge(one.name, total[start:end], one.counts))
        start = end
    return sorted(found, key=lambda one: (-one.psi / one.critical if one.critical else 0.0, one.name))


def said(connection: Connection, version: int, span: Span) -> list[Said]:
    """What analysts said, beside the score and the truth."""
    rows = connection.execute(query("overrides.total"), span.given | {"version": version})
    return [(row.flagged, row.word == "fraud", row.truth == "fraud" if row.truth else None, row.n) for row in rows]


def challengers(connection: Connection, span: Span) -> dict[int, int]:
    """Transactions by challenger that ran in shadow mode, the newest first."""
    return {row.version: row.predictions for row in connection.execute(query("shadows.challengers"), span.given)}


def shadowed(connection: Connection, version: int, span: Span) -> list[Decided]:
    """Both decisions on the transactions that a challenger scored, with labelled ones and frauds."""
    cells: dict[tuple[Any, Any], list[int]] = {}
    for row in connection.execute(query("shadows.pairs"), span.given | {"version": version}):
        cell = cells.setdefault((row.champion, row.challenger), [0, 0, 0])
        cell[0] += row.n
        cell[1] += row.n if row.label else 0
        cell[2] += row.n if row.label == "fraud" else 0
    return [(champion, challenger, *numbers) for (champion, challenger), numbers in cells.items()]


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY
