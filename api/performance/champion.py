"""How good the champion is, beyond the counted matrix: estimated without labels, by day, blocked traffic weighted back.

`api/resources/model.py` reads it; the arithmetic is `core.models.performance`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from api.context import ResourceContext, milliseconds
from api.performance.estimate import Estimate, calibrations, estimate
from core.clock import to_datetime
from core.db.queries import query
from core.models import baselines
from core.models.performance import interval
from core.models.performance.calibration import Calibration
from core.models.performance.holdout import HeldOut, weighted
from core.monitoring.model import BackWeighted, ConfusionMatrix, DayPerformance, EstimatedRates, RateIntervals, Rates
from core.transactions.kpis import confusion_rates

DAYS = 14
# Rows read for an estimate; of more, a share of the table's pages: the interval is of what was read.
MOST = 300_000
KEPT_SECONDS = 300.0
DAY = 86400
NAMES = ("precision", "recall", "f1")


def calibration_of(context: ResourceContext, version: int | None) -> tuple[Calibration, Any] | None:
    """How the champion's scores become probabilities, with draws of it; None when nothing was kept of its data."""
    if version is None:
        return None

    def load() -> tuple[Calibration, Any] | None:
        found = baselines.calibration(context.database, version)
        return None if found is None else (found, calibrations(found))

    return context.memory.remember(("calibration", version), KEPT_SECONDS, load)


def estimated(context: ResourceContext, version: int | None, start: float, end: float) -> EstimatedRates | None:
    """The estimate of the champion's predictions of a span; None without a calibration or predictions."""
    calibration = calibration_of(context, version)
    if version is None or calibration is None:
        return None
    rows = scores(context, version, start, end)
    found = _estimate(calibration, rows)
    if found is None:
        return None
    return EstimatedRates(
        rows=found.rows,
        flagged=found.flagged,
        **{name: found.rates[name] for name in ("fraud_rate", "precision", "recall", "f1", "auc_roc")},
        intervals=found.intervals,
        calibrated_on=calibration[0].rows,
    )


def history(context: ResourceContext, version: int | None, end: float) -> list[DayPerformance]:
    """The days up to `end`, oldest first: measured beside estimated. Past days are read again every five minutes."""
    last = to_datetime(end - 0.001).date()
    key = ("performance history", version, last)
    return context.memory.remember(key, KEPT_SECONDS, lambda: _history(context, version, last))


def back_weighted(context: ResourceContext, matrix: ConfusionMatrix, start: float, end: float) -> BackWeighted | None:
    """The labelled matrix with blocked traffic weighted back; None when no held-out transaction has a label."""
    span = {"start": to_datetime(start), "end": to_datetime(end)}
    return reweighted(matrix, context.rows(query("confusion.held_out"), **span))


def reweighted(matrix: ConfusionMatrix, rows: Sequence[dict[str, Any]]) -> BackWeighted | None:
    """From the labelled matrix and its blocked and held-out part (share, flagged, fraud, n); pure."""
    rest = {"tp": matrix.tp, "fn": matrix.fn, "fp": matrix.fp, "tn": matrix.tn}
    groups: dict[float, list[int]] = {}
    for row in rows:
        cell = ("tp" if row["flagged"] else "fn") if row["fraud"] else ("fp" if row["flagged"] else "tn")
        rest[cell] = max(0, rest[cell] - row["n"])
        if row["share"] is not None:
            groups.setdefault(row["share"], [0, 0])[0 if row["fraud"] else 1] += row["n"]
    found = weighted(**rest, groups=[HeldOut(share, *counts) for share, counts in sorted(groups.items())])
    if found is None:
        return None
    return BackWeighted(
        tp=found.tp,
        fn=found.fn,
        fp=found.fp,
        tn=found.tn,
        labelled=found.labelled,
        precision=found.rates["precision"],
        recall=found.rates["recall"],
        intervals=found.intervals,
    )


def _history(context: ResourceContext, version: int | None, last: date) -> list[DayPerformance]:
    first = last - timedelta(days=DAYS - 1)
    start, end = _midnight(first), _midnight(last) + DAY
    counted = context.rows(query("confusion.days"), start=to_datetime(start), end=to_datetime(end))
    calibration = calibration_of(context, version)
    rows = scores(context, version, start, end) if version is not None and calibration else []
    by_day: dict[date, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row[0], []).append(row)
    matrices = {row["day"]: {name: int(value) for name, value in row.items() if name != "day"} for row in counted}
    return [
        _day(day, matrices.get(day), None if calibration is None else _estimate(calibration, by_day.get(day, [])))
        for day in (first + timedelta(days=n) for n in range(DAYS))
    ]


def _day(day: date, counted: dict[str, int] | None, found: Estimate | None) -> DayPerformance:
    sums = dict(counted or {"tp": 0, "fn": 0, "fp": 0, "tn": 0, "unlabelled": 0})
    unlabelled = sums.pop("unlabelled")
    labelled = sum(sums.values())
    return DayPerformance(
        day=milliseconds(_midnight(day)),
        total=labelled + unlabelled,
        labelled=labelled,
        measured=Rates(**confusion_rates(**sums)),
        intervals=RateIntervals(**interval.rates(**sums)),
        estimated=None if found is None else Rates(**{name: found.rates[name] for name in NAMES}),
        estimated_intervals=None if found is None else RateIntervals(**{name: found.intervals[name] for name in NAMES}),
    )


def scores(context: ResourceContext, version: int, start: float, end: float) -> list[Any]:
    """(day, flagged, score, n) of the champion's predictions, in thousandths of a score."""
    first = to_datetime(start).date()
    volume = int(context.tuples(query("confusion.volume"), version=version, first=first)[0][0])
    span = {"start": to_datetime(start), "end": to_datetime(end), "version": version}
    if volume <= MOST:
        return context.tuples(query("confusion.scores"), **span)
    return context.tuples(query("confusion.sampled_scores"), **span, percent=100.0 * MOST / volume)


def _estimate(calibration: tuple[Calibration, Any], rows: Sequence[Any]) -> Estimate | None:
    if not rows:
        return None
    scores = np.array([row[2] for row in rows], dtype=float)
    fitted, drawn = calibration
    return estimate(fitted, scores, [row[1] for row in rows], [row[3] for row in rows], drawn=drawn)


def _midnight(day: date) -> float:
    return (day - date(1970, 1, 1)).total_seconds()
