"""What is stored of how sure each prediction is and how good its input was, judged as it is stored.

Confidence follows the policy that decided, where that is known (our own scoring, and what was decided at the entrance),
else the one in force at the time of the row; the score of the data follows the model that scored.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core.db.queries import sql
from core.events.types import Prediction
from core.models import data_quality
from core.models.data_quality import Expected
from core.pipeline.feature_rows import FeatureRows
from core.transactions import confidence
from core.transactions.confidence import UNKNOWN, Thresholds


class Judged(NamedTuple):
    """Both as they are stored: a letter, and thousandths; None where it is unknown."""

    confidence: str | None = None
    data_quality: int | None = None


class Policies(NamedTuple):
    """Every version of the policy by its number, and when they came into force (epoch seconds)."""

    by_version: Mapping[int, Thresholds]
    since: Sequence[float]
    limits: Sequence[Thresholds]

    def at(self, when: float, version: int | None = None) -> Thresholds:
        """Those of a version, else those in force at a time; unknown where there were none."""
        if version is not None and version in self.by_version:
            return self.by_version[version]
        place = bisect_right(self.since, when) - 1
        return self.limits[place] if place >= 0 else UNKNOWN


class Judge:
    """Keeps the policies and models that it has met. Safe between threads."""

    def __init__(self) -> None:
        self._policies = Policies({}, [], [])
        self._expected: dict[int, Expected] = {}

    def judge(
        self, cursor: Any, predictions: Sequence[Prediction], found: Mapping[int, FeatureRows]
    ) -> list[Judged]:  # fmt: skip
        """Each prediction's, in their order; `found` are the features of those that have any."""
        policies = self.policies(cursor)
        limits = [policies.at(float(one.timestamp or 0), one.policy_version) for one in predictions]
        letters = confidence.letters([one.score for one in predictions], limits)
        quality: list[int | None] = [None] * len(predictions)
        for version, (places, values) in found.items():
            for place, score in zip(places, self._scores(cursor, version, values), strict=True):
                quality[place] = score
        return [Judged(*pair) for pair in zip(letters, quality, strict=True)]

    def policies(self, cursor: Any) -> Policies:
        """Every version there is by now."""
        known = self._policies
        cursor.execute(sql("policy.since"), (max(known.by_version, default=0),))
        if rows := cursor.fetchall():
            versions, since, *limits = map(list, zip(*rows, strict=True))
            more = list(zip(*limits, strict=True))
            by_version = {**known.by_version, **dict(zip(versions, more, strict=True))}
            known = Policies(by_version, [*known.since, *since], [*known.limits, *more])
            self._policies = known
        return known

    def _scores(self, cursor: Any, version: int, values: Any) -> list[int | None]:
        if version not in self._expected:
            read = data_quality.load(cursor, version)
            if read is not None:
                self._expected[version] = read
        expected = self._expected.get(version)
        if expected is None or len(expected.low) != values.shape[1]:
            return [None] * len(values)
        return [*expected.scores(values)]
