"""The type of `config/model.toml`: how models are trained and how the scoring service runs."""

from typing import Annotated, Literal

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


class RetrainingConfig(Frozen, frozen=True):
    """When the weekly run is, what it learns from, and what decides about promotion."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    time: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    history_days: Count
    judge_days: Count
    least_frauds: Count
    resamples: Count
    confidence: Share
    promote: Literal["better", "ask", "never"]
    refresh_ensemble: bool
    look_seconds: Positive


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
    retraining: RetrainingConfig
    serving: ServingConfig


def load(settings: Settings) -> ModelConfig:
    """The model's configuration. Raises ConfigError naming file and field."""
    return settings.section("model", ModelConfig)
