"""The shapes of the answers about transactions; they become the OpenAPI schemas."""

from typing import Literal, TypedDict


class Listed(TypedDict):
    """A transaction with its score; `t` in ms, money in USD. `type` is None when it was held or blocked."""

    t: int
    transaction_id: str
    type: Literal["purchase", "transfer"] | None
    amount: float | None
    platform_fee: float | None
    wallet: str | None
    counterparty: str | None
    event_id: str | None
    ticket_id: str | None
    ip: str | None
    score: float | None
    decision: Literal["APPROVED", "REVIEW", "BLOCKED"] | None


class FeatureValue(TypedDict):
    """One input of the model and what it added to the score (log-odds); None when it is not known."""

    name: str
    value: float | None
    contribution: float | None


class Scored(TypedDict):
    """The newest prediction of a transaction."""

    t: int
    score: float
    decision: Literal["APPROVED", "REVIEW", "BLOCKED"]
    flagged: bool
    top_feature: str | None
    top_value: float | None
    top_feature_text: str | None
    model_version: int | None
    latency_ms: float | None
    confidence: Literal["LOW", "MEDIUM", "HIGH"] | None
    data_quality_score: float | None
    replayed: bool
    features: list[FeatureValue]
    explained: Literal["stored", "computed", "unavailable"]


class LabelRow(TypedDict):
    """What one source said; `counts` marks the one that counts."""

    source: str
    label: str
    t: int
    actor: str | None
    comment: str | None
    counts: bool


class LabelChange(TypedDict):
    """One change of a label. `after` None: it was withdrawn; `counted_*`: the label that counted before and after."""

    id: int
    t: int
    source: str
    before: str | None
    after: str | None
    counted_before: str | None
    counted_after: str | None
    actor: str | None
    comment: str | None


class Recent(TypedDict):
    """The recent history of a wallet or an IP."""

    transactions: list[Listed]
    requests_last_hour: int | None
    errors_last_hour: int | None


class Detail(TypedDict):
    """Everything known of one transaction; `transaction` or `prediction` is None when only the other was reported."""

    id: str
    transaction: Listed | None
    prediction: Scored | None
    labels: list[LabelRow]
    label_changes: list[LabelChange]
    wallet_history: Recent | None
    ip_history: Recent | None
