"""A trained model as a value: everything that the registry keeps and the scoring service needs (L4)."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ml.data.features import Feature
from ml.train.baseline import Kept

Algorithm = Literal["boosted", "forest", "ensemble"]


@dataclass(frozen=True, slots=True)
class Artefact:
    """`model` is XGBoost's own UBJ format, never a pickle; `reference` is `ml.train.reference.bins`; `kept` is for
    drift.

    `card` is `ml.card.document.of`.
    """

    algorithm: str
    model: bytes
    features: tuple[Feature, ...]
    reference: list[dict[str, Any]]
    metrics: dict[str, Any]
    fingerprint: str
    note: str = ""
    kept: Kept | None = None
    card: dict[str, Any] = field(default_factory=dict)
