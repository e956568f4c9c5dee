"""Resource `drift_features`: the features that moved most before and after, the scores, and the share of fraud."""

from msgspec import Struct

from core.models.drift.divergence import Status


class MovedFeature(Struct, frozen=True, kw_only=True):
    """One feature: shares 0..1 of its bins in training and now, one more than the inner `edges`; `kl` in nats.

    `missing` are the shares without a value, before and after.
    """

    name: str
    kl: float
    status: Status
    edges: list[float]
    before: list[float]
    after: list[float]
    missing: tuple[float, float]


class ScoreShift(Struct, frozen=True, kw_only=True):
    """The score: shares 0..1 of equal bins of 0..1 on the rows kept from training and now; `kl` in nats.

    `distance` is the largest gap between the two distribution functions, `n` the number of predictions now.
    """

    before: list[float]
    after: list[float]
    kl: float
    distance: float
    status: Status
    n: int


class FraudShare(Struct, frozen=True, kw_only=True):
    """The share of fraud (0..1) on the rows kept from training, and among the labelled predictions of the week with
    its 95 % interval. Frauds get their labels first: the latter is too high while few of `total` are labelled."""

    before: float | None
    after: float | None
    interval: tuple[float, float] | None
    labelled: int
    total: int


class DriftFeatures(Struct, frozen=True, kw_only=True):
    """The seven days that end with the window against training; empty under `minimum` of `n` predictions."""

    n: int
    minimum: int
    features: list[MovedFeature]
    version: int | None
    score: ScoreShift | None
    target: FraudShare


RESOURCE = DriftFeatures
