"""The type of `config/model.toml`: how models are trained and how the scoring service runs."""

from typing import Annotated

from msgspec import Meta

from core.config import Count, Frozen, Positive, Share
from core.settings import Settings

Seed = Annotated[int, Meta(ge=0)]


class TreesConfig(Frozen, frozen=True):
    """Settings of one XGBoost run; `weight` is how much more a fraud counts than an honest transaction."""

    rounds: Count
    depth: Count
    learning_rate: Positive
    min_child_weight: Positive
    l2: Positive
    row_share: Share
    column_share: Share
    weight: Positive


class CategoriesConfig(Frozen, frozen=True):
    """How words become numbers: at most `most` of a column, of `least_rows` rows each, smoothed by `prior_rows`."""

    most: Count
    least_rows: Count
    prior_rows: Positive


class ServingConfig(Frozen, frozen=True):
    """Of the scoring service: seconds between looks for a new champion or policy, and rows of one batch."""

    refresh_seconds: Positive
    batch_rows: Count


class ModelConfig(Frozen, frozen=True):
    """`model.toml`. `test_share` of the rows, the newest, are kept for the metrics."""

    seed: Seed
    threads: Count
    base_score: Share
    test_share: Share
    decision_threshold: Share
    reference_bins: Count
    review_cost: Positive
    top_k: list[Count]
    categories: CategoriesConfig
    boosted: TreesConfig
    forest: TreesConfig
    serving: ServingConfig


def load(settings: Settings) -> ModelConfig:
    """The model's configuration. Raises ConfigError naming file and field."""
    return settings.section("model", ModelConfig)
