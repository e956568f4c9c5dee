"""Model performance over 24 hours (M1-M3): confusion matrix, precision against its baseline, maturity of the labels."""

from typing import Any, TypedDict

from api import performance
from api.config import PrecisionConfig
from api.context import Context, milliseconds
from api.performance import BackWeighted, Day, Estimated, Intervals
from api.window import Window
from core.clock import to_datetime
from core.kpis import confusion_rates
from core.performance import interval
from core.schedule import next_weekly
from core.store import models
from core.store.queries import query

NAME = "model"
REFRESH = 60.0
DAY = 86400


class Matrix(TypedDict):
    """Labelled predictions by what was predicted and what was true."""

    tp: int
    fn: int
    fp: int
    tn: int


class Warn(TypedDict):
    """Precision fell: what to do, and when the next retraining is due (ms)."""

    text: str
    action: str
    next_retraining: int


class Maturity(TypedDict):
    """How many of the window's predictions have a label, and which have none."""

    labelled: int
    total: int
    percent: float | None
    flagged_unlabelled: int
    blocked_unlabelled: int


class Data(TypedDict):
    """Shares are 0..1, None where the denominator is zero; intervals are 95 %.

    `estimated` is what the labels are expected to show, `holdout` the matrix with blocked traffic weighted back.
    """

    version: int | None
    matrix: Matrix
    precision: float | None
    recall: float | None
    f1: float | None
    baseline_precision: float
    precision_change_percent: float | None
    warning: Warn | None
    maturity: Maturity
    intervals: Intervals
    estimated: Estimated | None
    holdout: BackWeighted | None
    history: list[Day]


def read(context: Context, window: Window) -> dict[str, Any]:
    """The last 24 hours, or an absolute window, in whole minutes; `history` are the days up to its end."""
    end = window.end
    start = end - DAY if window.live else window.start
    row = context.rows(query("confusion.sum"), start=to_datetime(start), end=to_datetime(end))[0]
    version = models.champion(context.live, context.database)
    found = judged(row, context.config.precision, context.now)
    return {
        "version": version,
        **found,
        "estimated": performance.estimated(context, version, start, end),
        "holdout": performance.back_weighted(context, found["matrix"], start, end),
        "history": performance.history(context, version, end),
    }


def judged(row: dict[str, Any], config: PrecisionConfig, now: float) -> dict[str, Any]:
    """The part from the summed minutes; pure."""
    sums = {name: int(value) for name, value in row.items()}
    matrix = {name: sums[name] for name in ("tp", "fn", "fp", "tn")}
    rates = confusion_rates(**matrix)
    precision = rates["precision"]
    change = None if precision is None else 100 * (precision - config.baseline) / config.baseline
    labelled = sum(matrix.values())
    total = labelled + sums["flagged_unlabelled"] + sums["clear_unlabelled"]
    return {
        "matrix": matrix,
        **rates,
        "intervals": interval.rates(**matrix),
        "baseline_precision": config.baseline,
        "precision_change_percent": change,
        "warning": _warning(precision, change, config, now),
        "maturity": {
            "labelled": labelled,
            "total": total,
            "percent": 100 * labelled / total if total else None,
            "flagged_unlabelled": sums["flagged_unlabelled"],
            "blocked_unlabelled": sums["blocked_unlabelled"],
        },
    }


def _warning(
    precision: float | None, change: float | None, config: PrecisionConfig, now: float
) -> dict[str, Any] | None:
    if precision is None or change is None or change >= -config.warning_percent:
        return None
    due = next_weekly(config.retraining_day, config.retraining_time, to_datetime(now))
    return {
        "text": f"Precision {precision:.3f} is {-change:.1f} % below its baseline {config.baseline:.2f}",
        "action": f"Next scheduled retraining: {config.retraining_day.title()} {due:%d %b %H:%M} UTC",
        "next_retraining": milliseconds(due),
    }
