"""The monitoring API of the live-tick benchmark: `python -m bench._live_data PORT PER_HOUR`.

Predictions are a fixed stream by time, so whoever asks at one moment, our console or the usual page, sees the same.
"""

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.monitoring.fraud_scatter import DecisionCounts, ExactPoints, FraudScatter, ScoreDensity, ScorePoints

# By its folder: a peer of another benchmark installs a package named `tests`.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from fake_api import POLICY, World, serve

SECONDS = 5.0
NX, NY = 120, 25


@dataclass(frozen=True)
class Stream:
    """`per_hour` predictions an hour for ever: 94 % approved, 4 % review, 2 % blocked."""

    per_hour: int

    def between(self, start: float, end: float) -> tuple[Any, Any, Any]:
        """Number, time (epoch ms) and score of every prediction with start <= time < end, as arrays."""
        gap = 3600 / self.per_hour
        number = np.arange(int(np.floor(start / gap)) - 1, int(np.ceil(end / gap)) + 1, dtype=np.uint64)
        share, inner, jitter = (mixed(number * np.uint64(3) + np.uint64(which)) for which in range(3))
        low = np.minimum(-np.log1p(-0.999 * inner) / 14, 0.3999)
        score = np.where(share < 0.94, low, np.where(share < 0.98, 0.4 + 0.3 * inner, 0.7 + 0.3 * inner))
        at = (number + jitter) * gap
        within = (at >= start) & (at < end)
        return number[within], (at[within] * 1000).astype(np.int64), np.round(score[within], 4)


def mixed(number: Any) -> Any:
    """An even share 0..1 for each number, always the same one (splitmix64)."""
    with np.errstate(over="ignore"):
        state = (number + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(31))) / 2.0**64


class Busy(World):
    """The fake API's world with the stream as its predictions."""

    def __init__(self, per_hour: int) -> None:
        super().__init__(step=SECONDS, per_hour=per_hour)
        self.stream = Stream(per_hour)

    def _fraud_scatter(self, rng: Any, start: float, end: float) -> FraudScatter:
        width = (end - start) / NX
        first = int((end - 0.001) // width) - NX + 1
        number, at, score = self.stream.between(start, end)
        review, blocked = (score >= 0.4) & (score < 0.7), score >= 0.7
        fine = score < 0.4
        column = np.clip((at[fine] // (width * 1000)).astype(int) - first, 0, NX - 1)
        z = np.zeros((NY, NX), dtype=int)
        np.add.at(z, ((score[fine] * NY).astype(int), column), 1)
        points = {
            name: ScorePoints(
                t=at[mask].tolist(), score=score[mask].tolist(), id=[f"tx_{n:012x}" for n in number[mask]]
            )
            for name, mask in (("BLOCKED", blocked), ("REVIEW", review))
        }
        return FraudScatter(
            policy=POLICY,
            start=int(start * 1000),
            end=int(end * 1000),
            points=ExactPoints(**points),
            truncated=False,
            density=ScoreDensity(t0=int(first * width * 1000), dt=int(width * 1000), nx=NX, ny=NY, z=z.tolist()),
            counts=DecisionCounts(APPROVED=int(fine.sum()), REVIEW=int(review.sum()), BLOCKED=int(blocked.sum())),
        )


def now() -> float:
    """The moment both sides show: the last whole refresh."""
    return time.time() // SECONDS * SECONDS


if __name__ == "__main__":
    serve(Busy(int(sys.argv[2])), int(sys.argv[1]))
    threading.Event().wait()
