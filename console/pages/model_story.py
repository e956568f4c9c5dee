"""The Model page's story from what was gathered: verdict, drift, changes, advice. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from console.format import sentence
from console.pages.model_reads import WINDOWS, Gathered
from core.clock import to_datetime
from core.performance.advice import Advice, Run, Shadow, Situation, advice
from core.performance.verdict import Facts, Verdict, parted, verdict
from core.store.model_roles import CHAMPION, RoleChange
from core.store.training_runs import Run as StoredRun

SPANS = {"24h": "the last 24 hours", "7d": "the last 7 days", "14d": "the last 14 days", "30d": "the last 30 days"}
DRIFT_WORDS = {"healthy": "No", "watch": "On watch", "drifted": "Yes", "unknown": "Not known yet"}
DRIFT_LEVELS = {"healthy": "good", "watch": "watch", "drifted": "bad", "unknown": "unknown"}
FINISHED = ("done", "failed", "refused", "cancelled")
DAY_MS = 86_400_000


class Change(NamedTuple):
    """Something that changed: `kind` role, training, policy or incident; `until` where it lasted; `address` under the
    prefix, or ''."""

    at: datetime
    kind: str
    text: str
    who: str
    until: datetime | None = None
    address: str = ""

    def as_event(self) -> dict[str, Any]:
        """For the figures: times in epoch ms."""
        end = None if self.until is None else round(self.until.timestamp() * 1000)
        return {"at": round(self.at.timestamp() * 1000), "until": end, "kind": self.kind, "text": self.text}


class Answer(NamedTuple):
    """One of the four questions in a few words. `level` good, watch, bad or unknown."""

    question: str
    anchor: str
    level: str
    word: str
    text: str


class Story(NamedTuple):
    """What the page tells, in its order."""

    version: int | None
    verdict: Verdict
    changes: list[Change]
    advice: list[Advice]
    answers: list[Answer]
    days: list[dict[str, Any]]


def story(found: Gathered) -> Story:
    """The whole story."""
    model, delay = found.parts.get("model"), found.parts.get("label_delay")
    version = _version(found)
    known = {day["day"]: day["frauds_known"] for day in (delay or {}).get("days", [])}
    days = [{**day, "frauds_known": known.get(day["day"])} for day in (model or {}).get("history", [])]
    nobody = version is None and "PostgreSQL" not in found.away
    judged = verdict(_facts(found, model, delay, version)) if model or nobody else _blind(found)
    happened = changes(found)
    blind = "PostgreSQL" in found.away or not (model or nobody)
    todo = [] if blind else advice(_situation(found, model, delay, version, days))
    answers = [
        Answer("Is it good?", "good", judged.level, judged.word, judged.sentence),
        _drift(found),
        _changed(found, happened),
        _todo(todo),
    ]
    return Story(version, judged, happened, todo, answers, days)


def changes(found: Gathered) -> list[Change]:
    """What changed in the last days, newest first."""
    stored, now = found.stored, to_datetime(found.now)
    incidents = {one.id: one for one in stored.incidents}
    all_of = [
        *(_of_role(one, incidents) for one in stored.roles),
        *(change for one in stored.runs if (change := _of_run(one))),
        *(
            Change(
                one["created_at"], "policy", f"Policy {one['profile']}, fraud from {one['fraud_threshold']:.2f}",
                one["actor"], address="thresholds",
            )
            for one in stored.policies
        ),
        *(
            Change(
                one.opened_at, "incident", f"{one.title}{f' of {one.series}' if one.series else ''}", one.rule,
                one.resolved_at or now, f"alerts/incidents/{one.id}",
            )
            for one in stored.incidents
        ),
    ]  # fmt: skip
    return sorted(all_of, key=lambda one: one.at, reverse=True)


def _version(found: Gathered) -> int | None:
    champion = found.stored.holders.get(CHAMPION)
    if champion is not None:
        return champion.version
    part = found.parts.get("model") or {}
    version: int | None = part.get("version")
    return version


def _blind(found: Gathered) -> Verdict:
    why = found.errors.get("model") or f"{' and '.join(found.away) or 'the monitoring API'} cannot be reached"
    return Verdict("unknown", "Not known now", f"{why[:1].upper()}{why[1:]}; this page comes back by itself.")


def _facts(found: Gathered, model: Any, delay: Any, version: int | None) -> Facts:
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


def _situation(found: Gathered, model: Any, delay: Any, version: int | None, days: list[dict[str, Any]]) -> Situation:
    stored = found.stored
    facts = _facts(found, model, delay, version)
    drift = found.parts.get("drift") or {}
    largest = (drift.get("features") or [{}])[0]
    open_runs = [run for run in stored.runs if run.state in ("running", "queued")]
    ended = next((run for run in stored.runs if run.state in FINISHED), None)
    known = {day["day"]: day["frauds_known"] for day in days}
    apart, mature = parted(days, known, facts.mature_from)
    warning = (model or {}).get("warning") or {}
    maturity = (model or {}).get("maturity") or {}
    due = [run.due_at for run in open_runs if run.kind == "scheduled" and run.state == "queued"]
    told = warning.get("next_retraining")
    newest = stored.roles[0] if stored.roles else None
    is_ensemble = newest is not None and newest.role == CHAMPION and newest.kind == "ensemble"
    return Situation(
        version=version,
        next_retraining=min(due) if due else to_datetime(told / 1000) if told else None,
        labelled=facts.labelled,
        total=facts.total,
        precision=facts.precision,
        interval=facts.precision_interval,
        flagged=facts.flagged,
        threshold=stored.policy.fraud_threshold if stored.policy else 0.0,
        waiting=stored.backlog.waiting if stored.backlog else 0,
        warning=warning.get("text", ""),
        drift=drift.get("status", "unknown"),
        drift_feature=largest.get("name", ""),
        drift_kl=largest.get("kl", 0.0),
        drift_day=_drift_day(drift),
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


def _of_role(one: RoleChange, incidents: Mapping[str, Any]) -> Change:
    words = {
        "promote": f"Model {one.after} became {one.role}",
        "roll-back": f"Rolled back to model {one.after}",
        "ensemble": f"Switched to the ensemble, model {one.after}",
        "revert": f"Back from the ensemble to model {one.after}",
    }[one.kind]
    known = one.correlation_id in incidents
    place = f"alerts/incidents/{one.correlation_id}" if known else "model/versions"
    reason = f": {one.reason}" if one.reason else ""
    return Change(one.at, "role", f"{words}{reason}", one.actor, address=place)


def _of_run(run: StoredRun) -> Change | None:
    """A run that was begun or asked for by somebody; one that merely waits for its day changed nothing."""
    if run.state == "queued" and run.kind == "scheduled":
        return None
    message = f": {run.message}" if run.message else ""
    text = f"Training run {run.id} ({run.kind}) {run.state}{message}"
    at = run.started_at or run.requested_at
    return Change(at, "training", text, run.requested_by, run.finished_at, f"model/training/runs/{run.id}")


def _drift(found: Gathered) -> Answer:
    part = found.parts.get("drift")
    if part is None:
        why = found.errors.get("drift", "the monitoring API cannot be reached")
        return Answer("Is it drifting?", "drift", "unknown", "Not known now", sentence(why))
    status = part["status"]
    if status == "unknown":
        text = f"{part['n']:,} predictions of this model in 7 days; drift is judged from {part['minimum']} on."
        return Answer("Is it drifting?", "drift", "unknown", DRIFT_WORDS[status], text)
    first = part["features"][0]
    drifted = sum(one["status"] == "drifted" for one in part["features"])
    counted = (
        f"{drifted} of {len(part['features'])} features drifted" if drifted else f"Largest of {len(part['features'])}"
    )
    text = f"{counted}: {first['name']}, KL {first['kl']:.2f}; drifted is above {part['threshold']:.2f}."
    begins = _drift_day(part)
    if begins is not None and status != "drifted":
        day, feature, kl = begins
        week = f"the week's largest, {first['name']}, has {first['kl']:.2f} and not yet {part['threshold']:.2f}"
        text = f"On {day} alone {feature} reached KL {kl:.2f}; {week}."
        return Answer("Is it drifting?", "drift", "watch", "It may begin", text)
    return Answer("Is it drifting?", "drift", DRIFT_LEVELS[status], DRIFT_WORDS[status], text)


def _drift_day(part: Mapping[str, Any]) -> tuple[str, str, float] | None:
    """The newest day, if its largest divergence alone passed the limit."""
    newest = next((day for day in reversed(part.get("days") or []) if day["kl"] is not None), None)
    if newest is None or newest["kl"] <= part["threshold"]:
        return None
    return f"{to_datetime(newest['day'] / 1000):%a %d}", newest["feature"], newest["kl"]


def _changed(found: Gathered, happened: list[Change]) -> Answer:
    if "PostgreSQL" in found.away:
        return Answer("What changed?", "changed", "unknown", "Not known now", "PostgreSQL cannot be reached.")
    days = max(7, WINDOWS[found.window])
    recent = [one for one in happened if found.now - one.at.timestamp() < days * 86_400]
    if not recent:
        return Answer(
            "What changed?", "changed", "good", "Nothing", f"Neither model nor policy changed in {days} days."
        )
    newest = recent[0]
    word = f"{len(recent)} change{'s' if len(recent) > 1 else ''}"
    text = f"In {days} days; the newest: {newest.text} ({newest.at:%b %d %H:%M} UTC, {newest.who})."
    return Answer("What changed?", "changed", "good", word, text)


def _todo(todo: list[Advice]) -> Answer:
    if not todo:
        return Answer(
            "What to do?", "do", "unknown", "Not known now", "Nothing is advised while the figures are missing."
        )
    first = todo[0]
    level = {"act": "bad", "soon": "watch"}.get(first.level, "good")
    more = sum(one.level in ("act", "soon") for one in todo) - 1
    return Answer("What to do?", "do", level, first.title, first.reason + (f" And {more} more." if more > 0 else ""))
