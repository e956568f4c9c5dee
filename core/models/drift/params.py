"""`config/drift.toml`: from when a change of a column counts, and a share of changed columns wants action (L7)."""

from core.config import Count, Frozen, Positive, Share
from core.settings import Settings


class DriftParams(Frozen, frozen=True):
    """Limits of the drift report. An alarm wants significance at `alpha` over all tests together and a relevant effect:

    `distance` is the Kolmogorov-Smirnov distance, `psi` the population stability index, `cohen_w` Cohen's w, from which
    a change is relevant; `ratio` is the factor by which a share of at least `ratio_share` changed; `missing_points` a
    change of the share of missing values. Shares of drifted features above `watch_share` and `retrain_share` give the
    verdict; `minimum` rows are needed on either side.
    """

    alpha: Share = 0.05
    minimum: Count = 50
    distance: Positive = 0.10
    psi: Positive = 0.10
    cohen_w: Positive = 0.10
    ratio: Positive = 1.5
    ratio_share: Share = 0.01
    missing_points: Share = 0.05
    watch_share: Share = 0.20
    retrain_share: Share = 0.30


def load(settings: Settings) -> DriftParams:
    """`config/drift.toml`. Raises ConfigError naming file and field."""
    return settings.section("drift", DriftParams)
