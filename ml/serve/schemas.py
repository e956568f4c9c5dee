"""What the scoring service takes and answers, as types: they validate, and the OpenAPI document is made from them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from core.events.base import FeatureName, Key, Line, Money, Name, Real
from core.input_names import Unknown

Values = Annotated[list[Real | None], Meta(max_length=1000)]
Word = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Version = Annotated[int, Meta(ge=1, le=2_000_000_000)]


class Score(Struct):
    """One transaction to score. `timestamp` is ISO 8601 or epoch seconds, default now.

    A feature may be null or absent, and a word where the model has a category.

    With `explain` the answer always has contributions. A transaction of the past that is sent again is `replayed`: it
    is stored, and neither live KPIs nor Analytics count it. `event_id` is the event that a ticket is for.
    """

    transaction_id: Key
    features: Annotated[dict[FeatureName, Real | bool | Word | None], Meta(max_length=1000)]
    timestamp: str | float | None = None
    amount: Money | None = None
    wallet: Name | None = None
    ip: str | None = None
    event_id: Name | None = None
    explain: bool = False
    replayed: bool = False


class ScoreMany(Struct):
    """Transactions to score at once."""

    transactions: Annotated[list[Score], Meta(min_length=1, max_length=1000)]


class StrictScore(Score, forbid_unknown_fields=True):
    """The same, and no field beside."""


class StrictScoreMany(Struct, forbid_unknown_fields=True):
    """The same, and no field beside."""

    transactions: Annotated[list[StrictScore], Meta(min_length=1, max_length=1000)]


class Scored(Struct, omit_defaults=True):
    """What became of a transaction. Contributions are SHAP values in log-odds, for REVIEW, BLOCKED and on request.

    `unknown`: features and fields of the request that nothing knows, each with the nearest known name.
    """

    transaction_id: str
    fraud_score: float
    decision: Literal["APPROVED", "REVIEW", "BLOCKED"]
    top_feature: str | None
    top_value: float | str | None
    model_version: int
    policy_version: int
    latency_ms: float
    contributions: dict[str, float] | None = None
    unknown: list[Unknown] = []


class ScoredMany(Struct):
    """In the order of the request."""

    predictions: list[Scored]


class Explain(Struct):
    """Feature values in the order of that model version, as stored with a prediction; null is missing."""

    model_version: Version
    features: Values


class Explained(Struct):
    """SHAP values in log-odds by feature; with `base`, the model's average, they add up to the score's log-odds."""

    model_version: int
    base: float
    contributions: dict[str, float]


class Train(Struct):
    """A training run on stored predictions that have labels.

    `promote`: true makes the result the champion at once, "better" only when it beats the champion on the newest
    labelled days, "ask" then makes it the challenger.
    """

    days: Annotated[int, Meta(ge=1, le=3650)] = 60
    algorithm: Literal["boosted", "forest", "ensemble"] = "boosted"
    promote: bool | Literal["better", "ask"] = False
    note: Line = ""


class Training(Struct, omit_defaults=True):
    """A training run. `progress` is 0..1; `version` the model it registered, `comparison` what the contest said.

    `refused`: it was trained, but is not better than the champion. `decision` is about the model of a run that asked
    for one, `superseded_by` the later run whose model took its place as challenger before anybody had decided.
    """

    run: int
    kind: Literal["manual", "scheduled", "emergency"]
    state: Literal["queued", "running", "done", "failed", "refused", "cancelled"]
    progress: float
    message: str
    requested_by: str
    requested_at: str
    due_at: str
    reason: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    version: int | None = None
    comparison: dict[str, Any] | None = None
    decision: Literal["waiting", "promoted", "refused"] | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    superseded_by: int | None = None


class Trainings(Struct):
    """Training runs, newest first."""

    runs: list[Training]


class InService(Struct):
    """Get the model and policy in service."""

    version: int
    algorithm: str
    created_at: str
    fingerprint: str
    note: str
    features: list[dict[str, Any]]
    metrics: dict[str, Any]
    policy: dict[str, Any]
