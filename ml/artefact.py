"""A trained model as a value: everything that the registry keeps and the scoring service needs (L4)."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ml.baseline import Kept
from ml.features import Feature

Algorithm = Literal["boosted", "forest", "ensemble"]


@dataclass(frozen=True, slots=True)
class Artefact:
    """`model` is XGBoost's own UBJ format, never a pickle; `reference` is `ml.reference.bins`; `kept` is for drift.

    `card` is `ml.card.of`.
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
