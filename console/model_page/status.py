"""What the verdict and the advice of the Model page rest on, from what was gathered. Pure.

`core.models.performance` judges and advises on plain values; this module finds them in what the parts and stores
answered.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.advice.situation import Run, Shadow, Situation
from console.advice.verdict import DayPrecision, Facts, parted
from console.figures.performance import KnownDay
from console.model_page.data import Gathered
from core.clock import to_datetime
from core.models.roles import CHAMPION
from core.models.training_runs import Run as StoredRun
from core.monitoring.drift import Drift
from core.monitoring.model import ConfusionMatrix
from core.monitoring.shadow import ShadowComparison

SPANS = {"24h": "the last 24 hours", "7d": "the last 7 days", "14d": "the last 14 days", "30d": "the last 30 days"}
FINISHED = ("done", "failed", "refused", "cancelled")


def version_of(found: Gathered) -> int | None:
    """The champion's version: of the registry, else what the monitoring API says; None for nobody."""
    champion = found.stored.holders.get(CHAMPION)
    if champion is not None:
        return champion.version
    return found.resources.model.version if found.resources.model else None


def facts(found: Gathered, version: int | None) -> Facts:
    """What the verdict rests on; numbers that are away are None or nought."""
    model, delay = found.resources.model, found.resources.label_delay
    matrix = model.matrix if model else ConfusionMatrix(tp=0, fn=0, fp=0, tn=0)
    expected = model.estimated if model else None
    return Facts(
        window=SPANS[found.window],
        version=version,
        total=model.maturity.total if model else 0,
        labelled=matrix.labelled,
        flagged=matrix.tp + matrix.fp,
        frauds=matrix.tp + matrix.fn,
        precision=model.precision if model else None,
        precision_interval=model.intervals.precision if model else None,
        recall=model.recall if model else None,
        recall_interval=model.intervals.recall if model else None,
        baseline=model.baseline_precision if model else 1.0,
        warns=model is not None and model.warning is not None,
        frauds_known=delay.windows.get(found.window) if delay else None,
        mature_from=delay.known if delay else 1.0,
        threshold=model.threshold if model else None,
        baseline_threshold=model.baseline_threshold if model else None,
        estimated=expected.precision if expected else None,
        estimated_interval=expected.intervals.get("precision") if expected else None,
    )


def situation(found: Gathered, version: int | None, days: Sequence[KnownDay]) -> Situation:
    """What the advice rests on."""
    stored, model, drift = found.stored, found.resources.model, found.resources.drift
    judged = facts(found, version)
    largest = drift.features[0] if drift and drift.features else None
    open_runs = [run for run in stored.runs if run.state in ("running", "queued")]
    ended = next((run for run in stored.runs if run.state in FINISHED), None)
    apart, mature = parted(map(_precision, days), judged.mature_from)
    warning = model.warning if model else None
    due = [run.due_at for run in open_runs if run.kind == "scheduled" and run.state == "queued"]
    told = warning.next_retraining if warning else None
    newest = stored.roles[0] if stored.roles else None
    is_ensemble = newest is not None and newest.role == CHAMPION and newest.kind == "ensemble"
    return Situation(
        version=version,
        next_retraining=min(due) if due else to_datetime(told / 1000) if told else None,
        labelled=judged.labelled,
        total=judged.total,
        precision=judged.precision,
        interval=judged.precision_interval,
        flagged=judged.flagged,
        threshold=stored.policy.fraud_threshold if stored.policy else 0.0,
        waiting=stored.backlog.waiting if stored.backlog else 0,
        warning=warning.text if warning else "",
        drift=drift.status if drift else "unknown",
        drift_feature=largest.name if largest else "",
        drift_kl=largest.kl if largest else 0.0,
        drift_day=drift_day(drift),
        incidents=tuple((one.id, one.title) for one in stored.incidents if one.status != "resolved"),
        open_run=_run(next((run for run in open_runs if run.state == "running" or run.kind != "scheduled"), None)),
        failed_run=_run(ended) if ended is not None and ended.state == "failed" else None,
        undecided=_run(next((run for run in stored.runs if run.decision == "waiting"), None)),
        tried=_run(_tried(found)),
        shadow=_shadow(found.resources.shadow),
        serves_ensemble=(newest.reason or f"switched by {newest.actor}") if newest and is_ensemble else "",
        parted=apart,
        mature_days=mature,
        report_days=_age_days(stored.report, found.now),
        blocked_unlabelled=model.maturity.blocked_unlabelled if model else 0,
        held_out=model is not None and model.holdout is not None,
    )


def _precision(known: KnownDay) -> DayPrecision:
    expected = known.day.estimated_intervals
    return DayPrecision(known.day.intervals.precision, expected.precision if expected else None, known.frauds_known)


def drift_day(drift: Drift | None) -> tuple[str, str, float] | None:
    """The newest day, its feature and its divergence, if that alone passed the limit."""
    for day in reversed(drift.days if drift else []):
        if day.kl is not None:
            passed = drift is not None and day.kl > drift.threshold
            return (f"{to_datetime(day.day / 1000):%a %d}", day.feature or "", day.kl) if passed else None
    return None


def _run(run: StoredRun | None) -> Run | None:
    return None if run is None else Run(run.id, run.kind, run.state, run.message, run.progress, run.version)


def _tried(found: Gathered) -> StoredRun | None:
    """The newest run that ended without a better model since the drift incident that is open began."""
    opened = [one.opened_at for one in found.stored.incidents if one.status != "resolved"]
    ended = (run for run in found.stored.runs if run.state == "refused" and run.finished_at)
    return next((run for run in ended if opened and run.finished_at and run.finished_at > min(opened)), None)


def _shadow(found: ShadowComparison | None) -> Shadow | None:
    if found is None or found.challenger is None:
        return None
    shadow = (found.challenger, found.n, found.frauds, found.least_frauds)
    both = found.average_precision
    if both is None:
        return Shadow(*shadow)
    return Shadow(*shadow, both.challenger - both.champion, (both.low, both.high), both.verdict)


def _age_days(report: Mapping[str, Any] | None, now: float) -> float | None:
    return None if report is None else (now - report["created_at"].timestamp()) / 86_400
