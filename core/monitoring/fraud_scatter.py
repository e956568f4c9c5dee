"""Resource `fraud_scatter` (F1): score against time; BLOCKED and REVIEW point by point, APPROVED as a density."""

from msgspec import Struct


class PolicyInForce(Struct, frozen=True, kw_only=True):
    """The decision policy in force; thresholds are scores 0..1."""

    version: int
    profile: str
    fraud_threshold: float
    review_from: float
    block_from: float


class ScorePoints(Struct, frozen=True, kw_only=True):
    """Columns of equal length, newest first: time (ms), score 0..1, transaction id."""

    t: list[int]
    score: list[float]
    id: list[str]


class ScoreDensity(Struct, frozen=True, kw_only=True):
    """Counts of APPROVED: `z` is (ny, nx) with score from y/ny and time from t0 + x·dt (ms)."""

    t0: int
    dt: int
    nx: int
    ny: int
    z: list[list[int]]


class DecisionCounts(Struct, frozen=True, kw_only=True):
    """Predictions of the window by decision."""

    APPROVED: int
    REVIEW: int
    BLOCKED: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.APPROVED + self.REVIEW + self.BLOCKED


class ExactPoints(Struct, frozen=True, kw_only=True):
    """The decisions drawn point by point."""

    BLOCKED: ScorePoints
    REVIEW: ScorePoints


class FraudScatter(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The picture of a window (ms); `truncated`: only the newest points of a decision are there."""

    policy: PolicyInForce | None
    start: int
    end: int
    points: ExactPoints
    density: ScoreDensity
    counts: DecisionCounts
    truncated: bool


RESOURCE = FraudScatter
