"""What is known of the model, as far as advice about it goes, and what an advice is. Pure values."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from core.models.performance.interval import Interval

Level = Literal["act", "soon", "calm", "idea"]
QUEUE = "transactions/queue"


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
    that is better. `parted` and `mature_days`: `console.advice.verdict.parted`.
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


def when(at: datetime | None) -> str:
    """A time as a sentence has it."""
    return "" if at is None else f"{at:%A %d %b %H:%M} UTC"
