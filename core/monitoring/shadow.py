"""Resource `shadow`: the challenger beside the champion on live traffic."""

from msgspec import Struct


class DecisionPair(Struct, frozen=True, kw_only=True):
    """How many transactions the two decided so, how many of them are labelled, and how many frauds."""

    champion: str
    challenger: str
    n: int
    labelled: int
    frauds: int


class PrecisionDifference(Struct, frozen=True, kw_only=True):
    """Average precision (0..1) of both on the labelled transactions, and the interval of challenger less champion."""

    champion: float
    challenger: float
    low: float
    high: float
    verdict: str


class ShadowComparison(Struct, frozen=True, kw_only=True):
    """`challenger` is None while nobody is in the shadow. `average_precision` is None until `least_frauds` are known.

    `since` (ms): from when on they are compared; `started` (ms): since when the challenger is in the shadow.
    `same_decision` is a share 0..1, `mean_difference` one of scores.
    """

    challenger: int | None
    started: int | None
    since: int | None
    n: int
    same_decision: float | None
    mean_difference: float | None
    pairs: list[DecisionPair]
    labelled: int
    frauds: int
    least_frauds: int
    average_precision: PrecisionDifference | None
    champion: int | None


RESOURCE = ShadowComparison
