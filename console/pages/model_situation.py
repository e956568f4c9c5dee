"""What the verdict and the advice of the Model page rest on, from what was gathered. Pure.

`core.performance` judges and advises on plain values; this module finds them in what the parts and stores answered.
"""

from collections.abc import Mapping
from typing import Any

from console.pages.model_reads import Gathered
from core.clock import to_datetime
from core.performance.situation import Run, Shadow, Situation
from core.performance.verdict import Facts, parted
from core.store.model_roles import CHAMPION
from core.store.training_runs import Run as StoredRun

SPANS = {"24h": "the last 24 hours", "7d": "the last 7 days", "14d": "the last 14 days", "30d": "the last 30 days"}
FINISHED = ("done", "failed", "refused", "cancelled")


def version_of(found: Gathered) -> int | None:
    """The champion's version: of the registry, else what the monitoring API says; None for nobody."""
    champion = found.stored.holders.get(CHAMPION)
    if champion is not None:
        return champion.version
    part = found.parts.get("model") or {}
    version: int | None = part.get("version")
    return version


def facts(found: Gathered, model: Any, delay: Any, version: int | None) -> Facts:
    """What the verdict rests on; numbers that are away are None or nought."""
    part: Mapping[str, Any] = model or {}
    matrix = part.get("matrix") or {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    bounds, expected = part.get("intervals") or {}, part.get("estimated") or {}
    return Facts(
        window=SPANS[found.window],
        version=version,
        total=(part.get("maturity") or {}).get("total", 0),
        labelled=sum(matrix.values()),
        flagged=matrix["tp"] + matrix["fp"],
        frauds=matrix["tp"] + matrix["fn"],
        precision=part.get("precision"),
        precision_interval=bounds.get("precision"),
        recall=part.get("recall"),
        recall_interval=bounds.get("recall"),
        baseline=part.get("baseline_precision", 1.0),
        warns=part.get("warning") is not None,
        frauds_known=((delay or {}).get("windows") or {}).get(found.window),
        mature_from=(delay or {}).get("known", 1.0),
        estimated=expected.get("precision"),
        estimated_interval=(expected.get("intervals") or {}).get("precision"),
    )


def situation(found: Gathered, model: Any, delay: Any, version: int | None, days: list[dict[str, Any]]) -> Situation:
    """What the advice rests on."""
    stored = found.stored
    judged = facts(found, model, delay, version)
    drift = found.parts.get("drift") or {}
    largest = (drift.get("features") or [{}])[0]
    open_runs = [run for run in stored.runs if run.state in ("running", "queued")]
    ended = next((run for run in stored.runs if run.state in FINISHED), None)
    known = {day["day"]: day["frauds_known"] for day in days}
    apart, mature = parted(days, known, judged.mature_from)
    warning = (model or {}).get("warning") or {}
    maturity = (model or {}).get("maturity") or {}
    due = [run.due_at for run in open_runs if run.kind == "scheduled" and run.state == "queued"]
    told = warning.get("next_retraining")
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
        warning=warning.get("text", ""),
        drift=drift.get("status", "unknown"),
        drift_feature=largest.get("name", ""),
        drift_kl=largest.get("kl", 0.0),
        drift_day=drift_day(drift),
        incidents=tuple((one.id, one.title) for one in stored.incidents if one.status != "resolved"),
        open_run=_run(next((run for run in open_runs if run.state == "running" or run.kind != "scheduled"), None)),
        failed_run=_run(ended) if ended is not None and ended.state == "failed" else None,
        undecided=_run(next((run for run in stored.runs if run.decision == "waiting"), None)),
        tried=_run(_tried(found)),
        shadow=_shadow(found.parts.get("shadow")),
        serves_ensemble=(newest.reason or f"switched by {newest.actor}") if newest and is_ensemble else "",
        parted=apart,
        mature_days=mature,
        report_days=_age_days(stored.report, found.now),
        blocked_unlabelled=maturity.get("blocked_unlabelled", 0),
        held_out=(model or {}).get("holdout") is not None,
    )


def drift_day(part: Mapping[str, Any]) -> tuple[str, str, float] | None:
    """The newest day, if its largest divergence alone passed the limit."""
    newest = next((day for day in reversed(part.get("days") or []) if day["kl"] is not None), None)
    if newest is None or newest["kl"] <= part["threshold"]:
        return None
    return f"{to_datetime(newest['day'] / 1000):%a %d}", newest["feature"], newest["kl"]


def _run(run: StoredRun | None) -> Run | None:
    return None if run is None else Run(run.id, run.kind, run.state, run.message, run.progress, run.version)


def _tried(found: Gathered) -> StoredRun | None:
    """The newest run that ended without a better model since the drift incident that is open began."""
    opened = [one.opened_at for one in found.stored.incidents if one.status != "resolved"]
    ended = (run for run in found.stored.runs if run.state == "refused" and run.finished_at)
    return next((run for run in ended if opened and run.finished_at and run.finished_at > min(opened)), None)


def _shadow(part: Any) -> Shadow | None:
    if not part or part["challenger"] is None:
        return None
    found = part["average_precision"]
    shadow = (part["challenger"], part["n"], part["frauds"], part["least_frauds"])
    if found is None:
        return Shadow(*shadow)
    difference = found["challenger"] - found["champion"]
    return Shadow(*shadow, difference, (found["low"], found["high"]), found["verdict"])


def _age_days(report: Mapping[str, Any] | None, now: float) -> float | None:
    return None if report is None else (now - report["created_at"].timestamp()) / 86_400
