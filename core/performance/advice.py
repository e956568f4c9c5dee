"""What to do about the model now: from what is known to a short list, the most urgent first. Pure.

Each advice has its reason and leads somewhere: to a page under the console's prefix, or to the request for a
retraining.
"""

import math
from collections.abc import Callable
from datetime import datetime
from statistics import NormalDist
from typing import Literal

from msgspec import Struct

from core.performance.interval import LEVEL, Interval

Level = Literal["act", "soon", "calm", "idea"]
ORDER: tuple[Level, ...] = ("act", "soon", "calm", "idea")
HALF_WIDTH = 0.05  # an interval of precision of ±5 points is worth labelling for
FEWEST = 5  # fewer labels than this are not worth a line
OLD_REPORT_DAYS = 8.0


class Run(Struct, frozen=True):
    """A training run as far as advice goes."""

    id: int
    kind: str
    state: str
    message: str = ""
    progress: float = 0.0
    version: int | None = None


class Shadow(Struct, frozen=True):
    """A challenger in the shadow: the difference in average precision where enough frauds are known."""

    version: int
    n: int
    frauds: int
    least_frauds: int
    difference: float | None = None
    interval: Interval | None = None
    verdict: str = ""


class Situation(Struct, frozen=True):
    """What is known of the model. `flagged` are labelled flagged predictions of the window, the cases of `precision`,
    flagged from `threshold` on; `waiting` how many the review queue holds. `drift_day`: (day, feature, KL) of a newest
    day where that alone passed the limit; `incidents`: (id, title) of open drift ones.

    `undecided`: a run whose model waits for a person; `tried`: one that ended since the drift began without a model
    that is better. `parted` and `mature_days`: `core.performance.verdict.parted`.
    `report_days`: the newest drift report's age.
    """

    version: int | None
    next_retraining: datetime | None = None
    labelled: int = 0
    total: int = 0
    precision: float | None = None
    interval: Interval | None = None
    flagged: int = 0
    threshold: float = 0.0
    waiting: int = 0
    warning: str = ""
    drift: str = "unknown"
    drift_feature: str = ""
    drift_kl: float = 0.0
    drift_day: tuple[str, str, float] | None = None
    incidents: tuple[tuple[str, str], ...] = ()
    open_run: Run | None = None
    failed_run: Run | None = None
    undecided: Run | None = None
    tried: Run | None = None
    shadow: Shadow | None = None
    serves_ensemble: str = ""
    parted: int = 0
    mature_days: int = 0
    report_days: float | None = None
    blocked_unlabelled: int = 0
    held_out: bool = False


class Advice(Struct, frozen=True):
    """One thing to do. `address` is under the prefix, `words` what its link or button says; `retrain`: the button asks
    for an emergency retraining."""

    key: str
    level: Level
    title: str
    reason: str
    address: str = ""
    words: str = ""
    retrain: bool = False


def advice(now: Situation) -> list[Advice]:
    """The list, most urgent first; a single "nothing to do" when there is nothing."""
    if now.version is None:
        why = "Nothing is scored before a model is trained and promoted."
        return [Advice("no-model", "act", "Train a first model", why, "model/training", "Training")]
    found = [one for make in _RULES if (one := make(now))]
    if not any(one.level in ("act", "soon") for one in found):
        found.insert(0, _nothing(now))
    return sorted(found, key=lambda one: ORDER.index(one.level))


def labels_wanted(precision: float, labelled: int, half: float = HALF_WIDTH) -> int:
    """How many more labelled flagged predictions make precision known to ± `half`, by the normal approximation."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    p = min(max(precision, 0.1), 0.9)
    return max(0, math.ceil(z * z * p * (1 - p) / half**2) - labelled)


def _incident(now: Situation) -> Advice | None:
    if not now.incidents:
        return None
    name, title = now.incidents[0]
    others = f", and {len(now.incidents) - 1} more" if len(now.incidents) > 1 else ""
    why = f"{title} fires{others}; its timeline says what the system did about it."
    return Advice("incident", "act", "Look at the drift incident", why, f"alerts/incidents/{name}", "Incident")


def _retrain(now: Situation) -> Advice | None:
    if now.drift != "drifted" or (
        now.open_run and (now.open_run.kind == "emergency" or now.open_run.state == "running")
    ):
        return None
    if now.tried is not None:
        why = (
            f"{now.drift_feature} has drifted (KL {now.drift_kl:.2f}), and training run {now.tried.id} made nothing "
            "better of the labels that are there: those of the new traffic are missing."
        )
        return Advice("label-new", "act", "Label what is new, then retrain", why, _QUEUE, "Review queue")
    why = f"{now.drift_feature} has drifted (KL {now.drift_kl:.2f}), and no retraining is under way."
    return Advice("retrain", "act", "Ask for an emergency retraining now", why, words="Ask for it", retrain=True)


def _promote(now: Situation) -> Advice | None:
    one = now.shadow
    if one is None:
        return None
    name = f"challenger-{one.version}"
    if one.difference is None or one.interval is None:
        why = (
            f"Of {one.n:,} transactions that both scored {one.frauds} are known frauds; {one.least_frauds} are needed."
        )
        return Advice(name, "idea", f"Wait for labels to judge model {one.version}", why, "#shadow", "Comparison")
    low, high = one.interval
    size = f"{one.difference:+.3f} average precision, 95 % {low:+.3f} to {high:+.3f}".replace("-", "−")
    if one.verdict == "better":
        title = f"Promote model {one.version}: it is better"
        return Advice(name, "act", title, f"On live traffic {size}.", "model/versions", "Versions")
    if one.verdict == "worse":
        title = f"Take model {one.version} out of the shadow: it is worse"
        return Advice(name, "soon", title, f"On live traffic {size}.", "model/versions", "Versions")
    why = f"On live traffic {size}: no difference that is more than chance."
    return Advice(name, "idea", f"Keep model {one.version} in the shadow", why, "#shadow", "Comparison")


def _begins(now: Situation) -> Advice | None:
    if now.drift == "drifted" or now.drift_day is None:
        return None
    day, feature, kl = now.drift_day
    why = f"{feature} was far from training on {day} (KL {kl:.2f}), and the week as a whole is not yet."
    return Advice("begins", "soon", "Look whether drift begins", why, "model/drift", "Drift reports")


def _decide(now: Situation) -> Advice | None:
    run = now.undecided
    if run is None:
        return None
    name = "its model" if run.version is None else f"model {run.version}"
    why = f"Training run {run.id} waits for somebody to promote or refuse it: {run.message.rstrip('.')}."
    return Advice(f"decide-{run.id}", "act", f"Decide about {name}", why, f"model/training/runs/{run.id}", "Run")


def _failed(now: Situation) -> Advice | None:
    run = now.failed_run
    if run is None:
        return None
    why = run.message.rstrip(".") + "."
    return Advice(
        f"failed-{run.id}",
        "soon",
        f"The last training run ({run.id}) failed",
        why,
        f"model/training/runs/{run.id}",
        "Run",
    )


def _labels(now: Situation) -> Advice | None:
    if now.precision is None or now.interval is None:
        if not now.waiting or now.flagged:
            return None
        why = "No flagged prediction of this window has a label, so precision is not known."
        return Advice("label", "soon", f"Label {min(now.waiting, 50)} of the review queue", why, _QUEUE, "Review queue")
    wanted = labels_wanted(now.precision, now.flagged)
    half = (now.interval[1] - now.interval[0]) / 2
    if wanted < FEWEST or half <= HALF_WIDTH or not now.waiting:
        return None
    number = min(wanted, now.waiting)
    share = f"{100 * now.labelled / now.total:.0f} % of the window has a label. " if now.total else ""
    why = f"{share}Precision is known to ±{half:.2f}; {wanted:,} more labels of flagged ones make it ±{HALF_WIDTH:.2f}."
    return Advice("label", "soon", f"Label {number:,} of the review queue", why, _QUEUE, "Review queue")


def _concept(now: Situation) -> Advice | None:
    if now.parted < 2 and not (now.parted and now.parted == now.mature_days):
        return None
    days = f"{now.parted} of {now.mature_days} mature days" if now.mature_days > 1 else "the one mature day"
    why = (
        f"On {days} measured and estimated precision do not meet. The estimate follows every shift of the traffic, so "
        "what fraud looks like has changed."
    )
    return Advice(
        "concept", "act", "Retrain on newer labels: fraud itself has changed", why, "model/training", "Training"
    )


def _precision(now: Situation) -> Advice | None:
    if not now.warning:
        return None
    due = f" The next retraining is due {_when(now.next_retraining)}." if now.next_retraining else ""
    why = f"{now.warning}.{due}"
    wrong = f"transactions?span=7d&label=legit&score_from={now.threshold:g}"
    return Advice("precision", "soon", "Look at what is flagged wrongly", why, wrong, "False alarms")


def _running(now: Situation) -> Advice | None:
    run = now.open_run
    if run is None or (run.kind == "scheduled" and run.state == "queued"):
        return None
    if run.state == "running":
        why = f"{run.message[:1].upper()}{run.message[1:]}: {100 * run.progress:.0f} %."
        return Advice(
            "running", "calm", f"A retraining ({run.kind}) is under way", why, f"model/training/runs/{run.id}", "Run"
        )
    why = "It starts as soon as a training worker is free."
    return Advice(
        "running", "calm", f"A retraining ({run.kind}) is asked for", why, f"model/training/runs/{run.id}", "Run"
    )


def _ensemble(now: Situation) -> Advice | None:
    if not now.serves_ensemble:
        return None
    why = f"{now.serves_ensemble.rstrip('.')}. It goes back when the incident is over; promote a model to settle it."
    return Advice("ensemble", "soon", "The ensemble serves instead of the champion", why, "model/versions", "Versions")


def _report(now: Situation) -> Advice | None:
    if now.report_days is not None and now.report_days < OLD_REPORT_DAYS:
        return None
    age = (
        "There is none of this model yet"
        if now.report_days is None
        else f"The newest is {now.report_days:.0f} days old"
    )
    why = f"{age}. It tests every feature, the score and the target, with multiple tests controlled."
    return Advice("report", "idea", "Make a full drift report", why, "model/drift", "Drift reports")


def _hold_out(now: Situation) -> Advice | None:
    if now.held_out or not now.blocked_unlabelled:
        return None
    why = (
        f"{now.blocked_unlabelled:,} blocked transactions have no label, and never will show what they were. "
        "holdout_share = 0.02 in config/policy.toml lets two in a hundred through to review."
    )
    return Advice("hold-out", "idea", "Hold a small share of blocked traffic out", why)


def _nothing(now: Situation) -> Advice:
    due = (
        f"The next retraining is due {_when(now.next_retraining)}." if now.next_retraining else "No retraining is due."
    )
    return Advice("nothing", "calm", "Nothing to do", due, "model/training", "Training")


def _when(at: datetime | None) -> str:
    return "" if at is None else f"{at:%A %d %b %H:%M} UTC"


_QUEUE = "transactions/queue"
_RULES: tuple[Callable[[Situation], Advice | None], ...] = (
    _incident, _retrain, _begins, _decide, _promote, _concept, _failed, _labels, _precision, _ensemble, _running,
    _report, _hold_out,
)  # fmt: skip
