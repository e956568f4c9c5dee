"""What to do about the model now: from what is known to a short list, the most urgent first. Pure.

Each advice has its reason and leads somewhere: to a page under the console's prefix, or to the request for a
retraining. What is advised is said by subject in `console.advice.advisers`.
"""

from collections.abc import Callable

from console.advice.advisers import drift, labels, models
from console.advice.situation import Advice, Level, Situation, when

ORDER: tuple[Level, ...] = ("act", "soon", "calm", "idea")


def advice(now: Situation) -> list[Advice]:
    """The list, most urgent first; a single "nothing to do" when there is nothing."""
    if now.version is None:
        why = "No transactions are scored until a model is trained and promoted."
        return [Advice("no-model", "act", "Train a first model", why, "model/training", "Training")]
    found = [one for make in _ADVISERS if (one := make(now))]
    if not any(one.level in ("act", "soon") for one in found):
        found.insert(0, _nothing(now))
    return sorted(found, key=lambda one: ORDER.index(one.level))


def _nothing(now: Situation) -> Advice:
    due = f"The next retraining is due {when(now.next_retraining)}." if now.next_retraining else "No retraining is due."
    return Advice("nothing", "calm", "Nothing to do", due, "model/training", "Training")


_ADVISERS: tuple[Callable[[Situation], Advice | None], ...] = (
    drift.incident, drift.retrain, drift.begins, models.decide, models.promote, labels.concept, models.failed,
    labels.more, labels.precision, models.ensemble, models.running, drift.report, labels.hold_out,
)  # fmt: skip
