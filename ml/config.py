"""The type of `config/model.toml`: how models are trained and how the scoring service runs."""

from typing import Annotated, Literal

from msgspec import Meta

from core.config import Count, Frozen, Positive, Share, WholeDays
from core.settings import Settings

Seed = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class TreesConfig(Frozen, frozen=True):
    """Settings of one XGBoost run; `weight` is how much more a fraud counts than an honest transaction.

    `weights` and `depths` are what the search tries beside them.
    """

    rounds: Annotated[int, Meta(ge=1, le=100_000)]
    depth: Annotated[int, Meta(ge=1, le=30)]
    learning_rate: Positive
    min_child_weight: Positive
    l2: Positive
    row_share: Annotated[float, Meta(gt=0, le=1)]
    column_share: Annotated[float, Meta(gt=0, le=1)]
    weight: Positive
    weights: Annotated[list[Positive], Meta(max_length=10)] = []
    depths: Annotated[list[Annotated[int, Meta(ge=1, le=30)]], Meta(max_length=10)] = []


class SearchConfig(Frozen, frozen=True):
    """How settings are chosen on the older rows: in `folds` parts of at most `rows` rows, with `rounds` as shares of
    the configured ones. Fewer than `least_frauds` older frauds: the settings stay as configured.
    """

    folds: Annotated[int, Meta(ge=1, le=20)]
    rows: Annotated[int, Meta(ge=1000)]
    rounds: Annotated[list[Positive], Meta(max_length=10)]
    least_frauds: Count


class CategoriesConfig(Frozen, frozen=True):
    """How words become numbers: at most `most` of a column, of `least_rows` rows each, smoothed by `prior_rows`."""

    most: Count
    least_rows: Count
    prior_rows: Positive


class RetrainingConfig(Frozen, frozen=True):
    """When the weekly run is, what it learns from, and what decides about promotion."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    time: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
    history_days: WholeDays
    judge_days: WholeDays
    least_frauds: Count
    resamples: Count
    confidence: Annotated[float, Meta(gt=0, lt=1)]
    promote: Literal["better", "ask", "never"]
    refresh_ensemble: bool
    look_seconds: Annotated[float, Meta(gt=0, le=3600)]


class ServingConfig(Frozen, frozen=True):
    """Of the scoring service: seconds between looks for a new champion or policy, and rows of one batch."""

    refresh_seconds: Annotated[float, Meta(gt=0, le=3600)]
    batch_rows: Count


class ModelConfig(Frozen, frozen=True):
    """`model.toml`. `test_share` of the rows, the newest, are kept for the metrics."""

    seed: Seed
    threads: Annotated[int, Meta(ge=1, le=1024)]
    base_score: Annotated[float, Meta(gt=0, lt=1)]
    test_share: Annotated[float, Meta(gt=0, lt=1)]
    decision_threshold: Share
    reference_bins: Annotated[int, Meta(ge=2, le=1000)]
    review_cost: Positive
    top_k: Annotated[list[Count], Meta(min_length=1, max_length=50)]
    categories: CategoriesConfig
    search: SearchConfig
    boosted: TreesConfig
    forest: TreesConfig
    retraining: RetrainingConfig
    serving: ServingConfig


def load(settings: Settings) -> ModelConfig:
    """The model's configuration. Raises ConfigError naming file and field."""
    return settings.section("model", ModelConfig)
