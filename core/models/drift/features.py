"""The divergence of every feature of a model from counts of its reference bins: for the page and for rule A3. Pure."""

from collections.abc import Sequence
from typing import Any, Protocol

from core.models.drift.window import Window


class Bins(Protocol):
    """One feature's reference: its counts, the last one of missing values."""

    @property
    def name(self) -> str:
        """The feature."""

    @property
    def counts(self) -> list[int]:
        """Of every bin."""


def divergences(reference: Sequence[Bins], counts: Any) -> list[tuple[str, float]]:
    """(name, KL) of every feature, the largest first; `counts` are all features' bins one after another.

    A feature that was never there, neither in the reference nor now, is skipped.
    """
    window = Window([bins.name for bins in reference], [bins.counts for bins in reference])
    return [(feature.name, feature.kl) for feature in window.judge(counts)]
