"""How good the champion is, beyond the counted matrix: estimated without labels, by day, blocked traffic weighted back.

`api/parts/model.py` reads it; the arithmetic is `core.performance`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

import numpy as np

from api.context import Context, milliseconds
from core.clock import to_datetime
from core.kpis import confusion_rates
from core.performance import interval
from core.performance.calibration import Calibration
from core.performance.estimate import Estimate, calibrations, estimate
from core.performance.holdout import HeldOut, weighted
from core.store import baselines
from core.store.queries import query

DAYS = 14
# Rows read for an estimate; of more, a share of the table's pages: the interval is of what was read.
MOST = 300_000
KEPT_SECONDS = 300.0
DAY = 86400

Bounds = tuple[float, float]


class Rates(TypedDict):
    """Shares 0..1, None where nothing counts."""

    precision: float | None
    recall: float | None
    f1: float | None


class Intervals(TypedDict):
    """95 % intervals of the rates; None where nothing counts."""

    precision: Bounds | None
    recall: Bounds | None
    f1: Bounds | None


class Estimated(TypedDict):
    """Expected rates of the window's predictions by confidence, whether or not labels are there."""

    rows: int
    flagged: int
    fraud_rate: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    auc_roc: float | None
    intervals: dict[str, Bounds | None]
    calibrated_on: int


class Day(TypedDict):
    """A day (from `day`, ms): how many labels are there, rates measured by them with intervals, and estimated rates."""

    day: int
    total: int
    labelled: int
    measured: Rates
    intervals: Intervals
    estimated: Rates | None
    estimated_intervals: Intervals | None


class BackWeighted(TypedDict):
    """The matrix with blocked traffic weighted back from `labelled` held-out transactions."""

    tp: float
    fn: float
    fp: float
    tn: float
    labelled: int
    precision: float | None
    recall: float | None
    intervals: dict[str, Bounds | None]


def calibration_of(context: Context, version: int | None) -> tuple[Calibration, Any] | None:
    """How the champion's scores become probabilities, with draws of it; None when nothing was kept of its data."""
    if version is None:
        return None

    def load() -> tuple[Calibration, Any] | None:
        found = baselines.calibration(context.database, version)
        return None if found is None else (found, calibrations(found))

    return context.memory.remember(("calibration", version), KEPT_SECONDS, load)


def estimated(context: Context, version: int | None, start: float, end: float) -> Estimated | None:
    """The estimate of the champion's predictions of a span; None without a calibration or predictions."""
    calibration = calibration_of(context, version)
    if version is None or calibration is None:
        return None
    rows = scores(context, version, start, end)
    found = _estimate(calibration, rows)
    if found is None:
        return None
    return {
        "rows": found.rows,
        "flagged": found.flagged,
        "fraud_rate": found.rates["fraud_rate"],
        "precision": found.rates["precision"],
        "recall": found.rates["recall"],
        "f1": found.rates["f1"],
        "auc_roc": found.rates["auc_roc"],
        "intervals": found.intervals,
        "calibrated_on": calibration[0].rows,
    }


def history(context: Context, version: int | None, end: float) -> list[Day]:
    """The days up to `end`, oldest first: measured beside estimated. Past days are read again every five minutes."""
    last = to_datetime(end - 0.001).date()
    key = ("performance history", version, last)
    return context.memory.remember(key, KEPT_SECONDS, lambda: _history(context, version, last))


def back_weighted(context: Context, matrix: dict[str, int], start: float, end: float) -> BackWeighted | None:
    """The labelled matrix with blocked traffic weighted back; None when no held-out transaction has a label."""
    span = {"start": to_datetime(start), "end": to_datetime(end)}
    return reweighted(matrix, context.rows(query("confusion.held_out"), **span))


def reweighted(matrix: dict[str, int], rows: Sequence[dict[str, Any]]) -> BackWeighted | None:
    """From the labelled matrix and its blocked and held-out part (share, flagged, fraud, n); pure."""
    rest = dict(matrix)
    groups: dict[float, list[int]] = {}
    for row in rows:
        cell = ("tp" if row["flagged"] else "fn") if row["fraud"] else ("fp" if row["flagged"] else "tn")
        rest[cell] = max(0, rest[cell] - row["n"])
        if row["share"] is not None:
            groups.setdefault(row["share"], [0, 0])[0 if row["fraud"] else 1] += row["n"]
    found = weighted(**rest, groups=[HeldOut(share, *counts) for share, counts in sorted(groups.items())])
    if found is None:
        return None
    return {
        "tp": found.tp,
        "fn": found.fn,
        "fp": found.fp,
        "tn": found.tn,
        "labelled": found.labelled,
        "precision": found.rates["precision"],
        "recall": found.rates["recall"],
        "intervals": found.intervals,
    }


def _history(context: Context, version: int | None, last: date) -> list[Day]:
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


def _day(day: date, counted: dict[str, int] | None, found: Estimate | None) -> Day:
    sums = dict(counted or {"tp": 0, "fn": 0, "fp": 0, "tn": 0, "unlabelled": 0})
    unlabelled = sums.pop("unlabelled")
    labelled = sum(sums.values())
    rates: Any = confusion_rates(**sums)
    intervals: Any = interval.rates(**sums)
    names = ("precision", "recall", "f1")
    some: Any = None if found is None else {name: found.rates[name] for name in names}
    some_intervals: Any = None if found is None else {name: found.intervals[name] for name in names}
    return {
        "day": milliseconds(_midnight(day)),
        "total": labelled + unlabelled,
        "labelled": labelled,
        "measured": rates,
        "intervals": intervals,
        "estimated": some,
        "estimated_intervals": some_intervals,
    }


def scores(context: Context, version: int, start: float, end: float) -> list[Any]:
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
