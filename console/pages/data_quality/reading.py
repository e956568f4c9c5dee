"""What the page Data quality reads: sums of one model over a period, the period before, and the newest anomalies."""

from collections.abc import Mapping
from typing import NamedTuple

from core.analytics import feature_quality as quality
from core.analytics.feature_quality import Anomaly, Counts, Expected, FeatureQuality, ModelRows
from core.analytics.periods import DAY, Period, Span
from core.db.engine import Connection

LOGGED = 100
VALUED = 30 * DAY  # of a longer period, the newest so many count for stored values: bins cost the most to add up


class Found(NamedTuple):
    """Of the model `version`, the one with most predictions unless another was asked for; None without any.

    `trend` has counts by bin (epoch seconds) and place, `scores` predictions by the score of their data in thousandths;
    `valued` and `bins` are of the newest thirty days of the period.
    """

    models: list[ModelRows]
    version: int | None
    features: list[FeatureQuality]
    before: dict[int, FeatureQuality]
    expected: dict[int, Expected]
    valued: list[FeatureQuality]
    bins: dict[int, list[int]]
    trend: dict[int, dict[int, Counts]]
    scores: list[tuple[int, int]]
    anomalies: list[Anomaly]

    @property
    def whole(self) -> Counts:
        """All features together."""
        return quality.together(self.features)

    @property
    def whole_before(self) -> Counts | None:
        """The same of the period before; None where nothing is known of it."""
        return quality.together(list(self.before.values())) if self.before else None


def read(connection: Connection, period: Period, args: Mapping[str, str]) -> Found:
    """What is known of the period. Raises DatabaseUnavailable."""
    span = period.span
    models = quality.models(connection, span)
    asked = args.get("model", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 10 else models[0].version if models else None
    if version is None:
        return Found(models, None, [], {}, {}, [], {}, {}, [], [])
    before, valued = period.before, Span(max(span.start, span.end - VALUED), span.end)
    features = quality.features(connection, span, version)
    feature = args.get("feature")
    chosen = feature if feature in {one.feature for one in features} else None
    return Found(
        models,
        version,
        features,
        {} if before is None else {one.place: one for one in quality.features(connection, before, version)},
        {one.place: one for one in quality.expected(connection, version)},
        features if valued == span else quality.features(connection, valued, version),
        quality.bins(connection, valued, version),
        quality.trend(connection, span, version, period.step),
        quality.scores(connection, span, version),
        quality.anomalies(connection, span, version, LOGGED, chosen),
    )
