"""Resource `drift` (M4): KL divergence of each feature, the week against training, and the largest of each day."""

from typing import Literal

from msgspec import Struct

from core.models.drift.divergence import Status


class FeatureDivergence(Struct, frozen=True, kw_only=True):
    """One feature's divergence in nats."""

    name: str
    kl: float
    status: Status


class DayDivergence(Struct, frozen=True, kw_only=True):
    """The largest divergence (nats) of one day (from `day`, ms) and its feature; None with too few predictions.

    `n` is the number of predictions of the day.
    """

    day: int
    kl: float | None
    feature: str | None
    n: int


class Drift(Struct, frozen=True, kw_only=True):
    """Features with the largest divergence first; `n` predictions of the week count, `minimum` are needed.

    `threshold` and `watch` are the limits in nats, `largest` the first feature's divergence, `days` seven, oldest
    first. With fewer predictions than `minimum` the status is `unknown`: without any drift 0.15 is passed by chance
    below about a hundred. `version` is the champion's.
    """

    threshold: float
    watch: float
    minimum: int
    features: list[FeatureDivergence]
    largest: float | None
    days: list[DayDivergence]
    status: Status | Literal["unknown"]
    n: int
    version: int | None


RESOURCE = Drift
