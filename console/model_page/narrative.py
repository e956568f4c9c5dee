"""The Model page's story from what was gathered: verdict, drift, changes, advice, each in words. Pure.

`model_situation` gives what the verdict and the advice rest on.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from console.advice.ranking import advice
from console.advice.situation import Advice
from console.advice.verdict import Rating, verdict
from console.figures.performance import KnownDay
from console.format import sentence
from console.model_page.data import WINDOWS, Gathered
from console.model_page.status import drift_day, facts, situation, version_of
from core.clock import to_datetime
from core.models.roles import RoleChange
from core.models.training_runs import Run as StoredRun

DRIFT_WORDS = {"healthy": "No drift", "watch": "Watch", "drifted": "Drifted", "unknown": "Not yet known"}
DRIFT_LEVELS = {"healthy": "good", "watch": "watch", "drifted": "bad", "unknown": "unknown"}


class NarrativeEvent(NamedTuple):
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


class NarrativeAnswer(NamedTuple):
    """One of the four questions in a few words. `level` good, watch, bad or unknown."""

    question: str
    anchor: str
    level: str
    word: str
    text: str


class Story(NamedTuple):
    """What the page tells, in its order."""

    version: int | None
    verdict: Rating
    changes: list[NarrativeEvent]
    advice: list[Advice]
    answers: list[NarrativeAnswer]
    days: list[KnownDay]


def story(found: Gathered) -> Story:
    """The whole story."""
    model, delay = found.resources.model, found.resources.label_delay
    version = version_of(found)
    known = {day.day: day.frauds_known for day in (delay.days if delay else ())}
    days = [KnownDay(day, known.get(day.day)) for day in (model.history if model else ())]
    nobody = version is None and "PostgreSQL" not in found.away
    judged = verdict(facts(found, version)) if model or nobody else _blind(found)
    happened = changes(found)
    blind = "PostgreSQL" in found.away or not (model or nobody)
    todo = [] if blind else advice(situation(found, version, days))
    answers = [
        NarrativeAnswer("Quality", "good", judged.level, judged.word, judged.sentence),
        _drift(found),
        _changed(found, happened),
        _todo(todo),
    ]
    return Story(version, judged, happened, todo, answers, days)


def changes(found: Gathered) -> list[NarrativeEvent]:
    """What changed in the last days, newest first."""
    stored, now = found.stored, to_datetime(found.now)
    incidents = {one.id: one for one in stored.incidents}
    all_of = [
        *(_of_role(one, incidents) for one in stored.roles),
        *(change for one in stored.runs if (change := _of_run(one))),
        *(
            NarrativeEvent(
                one["created_at"], "policy", f"Policy {one['profile']}, fraud from {one['fraud_threshold']:.2f}",
                one["actor"], address="thresholds",
            )
            for one in stored.policies
        ),
        *(
            NarrativeEvent(
                one.opened_at, "incident", f"{one.title}{f' of {one.series}' if one.series else ''}", one.rule,
                one.resolved_at or now, f"alerts/incidents/{one.id}",
            )
            for one in stored.incidents
        ),
    ]  # fmt: skip
    return sorted(all_of, key=lambda one: one.at, reverse=True)


def _blind(found: Gathered) -> Rating:
    why = found.errors.get("model") or f"{' and '.join(found.away) or 'the monitoring API'} cannot be reached"
    return Rating("unknown", "Unavailable", f"{why[:1].upper()}{why[1:]}; this page recovers automatically.")


def _of_role(one: RoleChange, incidents: Mapping[str, Any]) -> NarrativeEvent:
    words = {
        "promote": f"Model {one.after} became {one.role}",
        "roll-back": f"Rolled back to model {one.after}",
        "ensemble": f"Switched to the ensemble, model {one.after}",
        "revert": f"Switched back from the ensemble to model {one.after}",
    }[one.kind]
    known = one.correlation_id in incidents
    place = f"alerts/incidents/{one.correlation_id}" if known else "model/versions"
    reason = f": {one.reason}" if one.reason else ""
    return NarrativeEvent(one.at, "role", f"{words}{reason}", one.actor, address=place)


def _of_run(run: StoredRun) -> NarrativeEvent | None:
    """A run that was begun or asked for by somebody; one that merely waits for its day changed nothing."""
    if run.state == "queued" and run.kind == "scheduled":
        return None
    message = f": {run.message}" if run.message else ""
    text = f"Training run {run.id} ({run.kind}) {run.state}{message}"
    at = run.started_at or run.requested_at
    return NarrativeEvent(at, "training", text, run.requested_by, run.finished_at, f"model/training/runs/{run.id}")


def _drift(found: Gathered) -> NarrativeAnswer:
    drift = found.resources.drift
    if drift is None:
        why = found.errors.get("drift", "the monitoring API cannot be reached")
        return NarrativeAnswer("Drift", "drift", "unknown", "Unavailable", sentence(why))
    status = drift.status
    if status == "unknown":
        text = (
            f"{drift.n:,} predictions of this model in 7 days; drift is evaluated from {drift.minimum} predictions on."
        )
        return NarrativeAnswer("Drift", "drift", "unknown", DRIFT_WORDS[status], text)
    first = drift.features[0]
    drifted = sum(one.status == "drifted" for one in drift.features)
    total = len(drift.features)
    counted = f"{drifted} of {total} features drifted" if drifted else f"Largest of {total}"
    text = f"{counted}: {first.name}, KL {first.kl:.2f}; drifted is above {drift.threshold:.2f}."
    begins = drift_day(drift)
    if begins is not None and status != "drifted":
        day, feature, kl = begins
        week = f"the week's largest, {first.name}, is {first.kl:.2f}, below {drift.threshold:.2f}"
        text = f"On {day}, {feature} reached KL {kl:.2f}; {week}."
        return NarrativeAnswer("Drift", "drift", "watch", "Early signs", text)
    return NarrativeAnswer("Drift", "drift", DRIFT_LEVELS[status], DRIFT_WORDS[status], text)


def _changed(found: Gathered, happened: list[NarrativeEvent]) -> NarrativeAnswer:
    if "PostgreSQL" in found.away:
        return NarrativeAnswer("Changes", "changed", "unknown", "Unavailable", "PostgreSQL cannot be reached.")
    days = max(7, WINDOWS[found.window])
    recent = [one for one in happened if found.now - one.at.timestamp() < days * 86_400]
    if not recent:
        return NarrativeAnswer(
            "Changes", "changed", "good", "Nothing", f"The model and the policy have not changed in {days} days."
        )
    newest = recent[0]
    word = f"{len(recent)} change{'s' if len(recent) > 1 else ''}"
    text = f"In {days} days; most recent: {newest.text} ({newest.at:%b %d %H:%M} UTC, {newest.who})."
    return NarrativeAnswer("Changes", "changed", "good", word, text)


def _todo(todo: list[Advice]) -> NarrativeAnswer:
    if not todo:
        return NarrativeAnswer(
            "Recommendations", "do", "unknown", "Unavailable", "No advice while the figures are unavailable."
        )
    first = todo[0]
    level = {"act": "bad", "soon": "watch"}.get(first.level, "good")
    more = sum(one.level in ("act", "soon") for one in todo) - 1
    return NarrativeAnswer(
        "Recommendations", "do", level, first.title, first.reason + (f" And {more} more." if more > 0 else "")
    )
