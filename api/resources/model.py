"""Model performance over 24 hours (M1-M3): confusion matrix, precision against its baseline, maturity of the labels."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.config import PrecisionConfig
from api.context import ResourceContext, milliseconds
from api.performance import champion
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.models import registry
from core.models.performance import interval
from core.monitoring.model import ConfusionMatrix, LabelMaturity, Model, QualityWarning, RateIntervals
from core.schedule import next_weekly
from core.transactions import policies
from core.transactions.kpis import confusion_rates

NAME = "model"
REFRESH = 60.0
DAY = 86400
LEAST = 20  # cases behind a baseline of the model's own
SAME = 1e-6  # thresholds that differ by less are one, however they were stored


def read(context: ResourceContext, window: Window) -> Model:
    """The last 24 hours, or an absolute window, in whole minutes; `history` are the days up to its end."""
    end = window.end
    start = end - DAY if window.live else window.start
    row = context.rows(query("confusion.sum"), start=to_datetime(start), end=to_datetime(end))[0]
    version = registry.champion(context.live, context.database)
    own = None if version is None else registry.measured(context.database, version)
    policy = policies.current(context.live, context.database)
    found = judged(row, context.config.precision, context.now, own, policy.fraud_threshold if policy else None)
    return msgspec.structs.replace(
        found,
        version=version,
        estimated=champion.estimated(context, version, start, end),
        holdout=champion.back_weighted(context, found.matrix, start, end),
        history=champion.history(context, version, end),
    )


def judged(
    row: dict[str, Any],
    config: PrecisionConfig,
    now: float,
    own: Mapping[str, Any] | None = None,
    threshold: float | None = None,
) -> Model:
    """What the summed minutes say, judged by the metrics of the model's `own` test rows and by the `threshold` of the
    policy in force; pure.

    Its version, estimate, hold-out and history are not of the minutes: None and empty.
    """
    sums = {name: int(value) for name, value in row.items()}
    matrix = ConfusionMatrix(**{name: sums[name] for name in ("tp", "fn", "fp", "tn")})
    rates = confusion_rates(matrix.tp, matrix.fn, matrix.fp, matrix.tn)
    bounds = interval.rates(matrix.tp, matrix.fn, matrix.fp, matrix.tn)
    baseline = _baseline(own or {}, "precision", "fp") or config.baseline
    baseline_recall = _baseline(own or {}, "recall", "fn")
    elsewhere = _elsewhere(own or {}, threshold)
    change = None if elsewhere is not None else _change(rates["precision"], baseline)
    recall_change = None if elsewhere is not None else _change(rates["recall"], baseline_recall)
    fallen = [_fell("Precision", rates["precision"], change, baseline)] if _warns(change, config) else []
    low = bounds["recall"]
    if baseline_recall and low is not None and low[1] < baseline_recall and _warns(recall_change, config):
        fallen.append(_fell("Recall", rates["recall"], recall_change, baseline_recall))
    total = matrix.labelled + sums["flagged_unlabelled"] + sums["clear_unlabelled"]
    return Model(
        version=None,
        matrix=matrix,
        **rates,
        intervals=RateIntervals(**bounds),
        threshold=threshold,
        baseline_threshold=elsewhere,
        baseline_precision=baseline,
        precision_change_percent=change,
        baseline_recall=baseline_recall,
        recall_change_percent=recall_change,
        warning=_warning(fallen, config, now),
        maturity=LabelMaturity(
            labelled=matrix.labelled,
            total=total,
            percent=100 * matrix.labelled / total if total else None,
            flagged_unlabelled=sums["flagged_unlabelled"],
            blocked_unlabelled=sums["blocked_unlabelled"],
        ),
        estimated=None,
        holdout=None,
        history=[],
    )


def _baseline(own: Mapping[str, Any], rate: str, other: str) -> float | None:
    """A rate of the model's test rows; None where too few cases stand behind it."""
    value, cases = own.get(rate), own.get("tp", 0) + own.get(other, 0)
    return float(value) if value and cases >= LEAST else None


def _elsewhere(own: Mapping[str, Any], threshold: float | None) -> float | None:
    """The threshold at which the model was measured, where it is another than the one in force."""
    tested = own.get("threshold") if _baseline(own, "precision", "fp") else None
    return None if tested is None or threshold is None or abs(tested - threshold) < SAME else float(tested)


def _change(rate: float | None, baseline: float | None) -> float | None:
    """In percent of the baseline."""
    return None if rate is None or not baseline else 100 * (rate - baseline) / baseline


def _warns(change: float | None, config: PrecisionConfig) -> bool:
    return change is not None and change < -config.warning_percent


def _fell(name: str, rate: float | None, change: float | None, baseline: float) -> str:
    return f"{name} {rate or 0:.3f} is {-(change or 0):.1f} % below its baseline {baseline:.2f}"


def _warning(fallen: list[str], config: PrecisionConfig, now: float) -> QualityWarning | None:
    if not fallen:
        return None
    due = next_weekly(config.retraining_day, config.retraining_time, to_datetime(now))
    return QualityWarning(
        text="; ".join(fallen),
        action=f"Next scheduled retraining: {config.retraining_day.title()} {due:%d %b %H:%M} UTC",
        next_retraining=milliseconds(due),
    )
