"""Resource `fraud_feed` (F2): the newest transactions with a high score, newest first."""

from msgspec import Struct


class RiskyTransaction(Struct, frozen=True, kw_only=True):
    """One high-risk transaction; `time` is ISO 8601 UTC, `score` 0..1, `amount` USD.

    `top_feature` moved the score most; `top_feature_text` names it with its value.
    """

    time: str
    txn_id: str
    score: float
    decision: str
    top_feature: str | None
    top_value: float | None
    top_feature_text: str | None
    amount: float | None


FraudFeed = list[RiskyTransaction]
RESOURCE = FraudFeed
