"""All figures of the page Scorecard for one model and one period, from the sums. Reads only; docs/scorecard.md."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from console.analytics.scorecard import capture, maturity, overrides, ranking, read, reliability, score_bins, swaps
from console.analytics.scorecard.capture import Capture
from console.analytics.scorecard.maturity import Weeks
from console.analytics.scorecard.overrides import Overrides
from console.analytics.scorecard.ranking import Gini
from console.analytics.scorecard.read import Days
from console.analytics.scorecard.reliability import Reliability
from console.analytics.scorecard.stability import Shares, Stability, beyond_chance
from console.analytics.scorecard.swaps import SwapSet
from core.analytics.periods import WEEK, Span
from core.db.engine import Connection
from core.models.drift.baseline import Baseline
from core.models.performance.calibration import Calibration
from core.models.registry import ReferenceBins

Array = npt.NDArray[np.float64]
HISTORY, MOST_HISTORY = 26 * WEEK, 104 * WEEK
CAPACITIES = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class Kept(Struct, frozen=True):
    """What is kept of a model: its features' reference, its score's, and how its scores become probabilities."""

    features: Sequence[ReferenceBins] = ()
    baseline: Baseline | None = None
    calibration: Calibration | None = None


class Stable(Struct, frozen=True):
    """PSI and CSI over a period; `beyond` are the features that shifted when all are looked at together."""

    score: Stability | None
    shares: Shares | None
    features: list[Stability]
    beyond: set[str]


class Sharp(Struct, frozen=True):
    """Figures of mature weeks; `weekly` is the Gini of each, None where too few are labelled."""

    weeks: Weeks
    labelled: int
    rows: int
    gini: Gini | None
    weekly: dict[date, Gini | None]
    reliability: Reliability | None
    capture: Capture | None
    curve: list[Capture]


class Swapped(Struct, frozen=True):
    """A swap set of two policies; `moved` are thresholds that are counted at the nearest edge of the bins."""

    swap_set: SwapSet
    moved: list[float]


def stable(connection: Connection, version: int, kept: Kept, span: Span, counts: Array) -> Stable:
    """PSI of the scores `counts` and CSI of the features."""
    reference, score, shares = read.score_reference(kept.baseline), None, None
    if reference is not None:
        score, firsts = read.score_stability(counts, reference)
        now, before = (score_bins.grouped(values, firsts) for values in (counts, reference))
        starts = [float(score_bins.BOUNDS[first]) for first in firsts]
        shares = Shares(starts, (before / before.sum()).tolist(), (now / max(now.sum(), 1)).tolist())
    features = read.feature_stability(connection, version, kept.features, span)
    return Stable(score, shares, features, beyond_chance(features))


def history(span: Span) -> Span:
    """The weeks that figures of labels are taken from: half a year, or the period where it is longer."""
    return Span(span.end - min(max(HISTORY, span.end - span.start), MOST_HISTORY), span.end)


def sharp(connection: Connection, version: int, kept: Kept, span: Span, k: int, now: float) -> Sharp:
    """Gini, calibration and capture on the mature weeks up to the end of a span."""
    weeks = read.weeks(connection, history(span), now)
    mature = weeks.mature
    if not mature:
        return Sharp(weeks, 0, 0, None, {}, None, None, [])
    days = read.score_days(connection, version, mature[0], mature[-1] + maturity.WEEK)
    days = days.of(mature)
    bad, good = days.frauds.sum(0), days.legit.sum(0)
    weekly = {at: _gini(days.of([at])) for at in mature}
    middles = score_bins.MIDDLES
    predicted = kept.calibration.apply(middles) if kept.calibration else middles
    found = [one for one in (_capture(days, at) for at in CAPACITIES) if one is not None]
    return Sharp(
        weeks, int(bad.sum() + good.sum()), int(days.rows.sum()), ranking.gini(bad, good), weekly,
        reliability.reliability(bad, good, predicted, score_bins.BOUNDS), _capture(days, k), found,
    )  # fmt: skip


def swapped(counts: dict[str, Array], before: tuple[float, float], after: tuple[float, float]) -> Swapped:
    """Who would be decided differently by two policies, of the scores by label."""
    found = swaps.of_policies(counts["all"], counts["fraud"], counts["legit"], before, after)
    return Swapped(found, swaps.moved([*before, *after]))


def challenged(connection: Connection, version: int, span: Span) -> SwapSet:
    """Who would be decided differently by a challenger."""
    return swaps.of_counts(read.shadowed(connection, version, span))


def overridden(connection: Connection, version: int, span: Span) -> list[Overrides]:
    """People against the score."""
    return overrides.overrides(read.said(connection, version, span))


def _gini(days: Days) -> Gini | None:
    return ranking.gini(days.frauds.sum(0), days.legit.sum(0))


def _capture(days: Days, k: int) -> Capture | None:
    return capture.capture(k, days.rows, days.frauds, days.legit, days.amounts, days.squares)
