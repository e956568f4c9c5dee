"""Two registered models side by side, from their cards: measures, features come and gone, importance, data. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from console import format

Card = Mapping[str, Any]
SHOWN = 3  # decimals on the page; a difference that reads as 0 there is not called better
MEASURES = {
    "average_precision": ("Average precision", "up"),
    "auc_roc": ("AUC ROC", "up"),
    "precision": ("Precision", "up"),
    "recall": ("Recall", "up"),
    "f1": ("F1", "up"),
    "brier": ("Brier score", "down"),
    "calibration_error": ("Calibration error", "down"),
}
FACTS = {
    ("model", "algorithm"): "Algorithm",
    ("model", "trees"): "Trees",
    ("data", "source"): "Training data",
    ("data", "rows"): "Rows",
    ("data", "frauds"): "Frauds",
    ("data", "from"): "From",
    ("data", "to"): "To",
    ("split", "test_rows"): "Test rows",
    ("split", "test_frauds"): "Test frauds",
    ("split", "delay_days"): "Label delay in days",
    ("data", "fingerprint"): "Fingerprint of the data",
}


class Measure(NamedTuple):
    """One measure of both; `better` is first, second or empty (no difference as shown, or one is not known)."""

    words: str
    first: float | None
    second: float | None
    better: str

    @property
    def difference(self) -> float | None:
        """Second less first."""
        return None if self.first is None or self.second is None else self.second - self.first


class Share(NamedTuple):
    """A feature's share of the importance in both, 0..1; None where the model has it not."""

    feature: str
    first: float | None
    second: float | None


class Fact(NamedTuple):
    """Something about both, as text."""

    words: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether it is not the same."""
        return self.first != self.second


class Side(NamedTuple):
    """The comparison. `same_rows`: both were judged on the same rows, so that the measures may be compared."""

    measures: list[Measure]
    shares: list[Share]
    added: list[str]
    removed: list[str]
    facts: list[Fact]
    same_rows: bool


def between(first: Card, second: Card) -> Side:
    """The second model beside the first."""
    old, new = _names(first), _names(second)
    return Side(
        [_measure(name, first, second) for name in MEASURES],
        _shares(first, second),
        [name for name in new if name not in old],
        [name for name in old if name not in new],
        [Fact(words, _text(first, path), _text(second, path)) for path, words in FACTS.items()],
        first["data"].get("fingerprint") == second["data"].get("fingerprint")
        and first.get("split") == second.get("split"),
    )


def _names(card: Card) -> list[str]:
    return [str(feature["name"]) for feature in card.get("features", ())]


def _measure(name: str, first: Card, second: Card) -> Measure:
    words, better = MEASURES[name]
    one, two = (card.get("measures", {}).get(name) for card in (first, second))
    if one is None or two is None or round(abs(two - one), SHOWN) == 0:
        return Measure(words, one, two, "")
    return Measure(words, one, two, "second" if (two > one) == (better == "up") else "first")


def _shares(first: Card, second: Card) -> list[Share]:
    one, two = (
        {str(row["feature"]): float(row["share"]) for row in card.get("importance", ())} for card in (first, second)
    )
    found = [Share(name, one.get(name), two.get(name)) for name in {**one, **two}]
    return sorted(found, key=lambda share: -max(share.first or 0.0, share.second or 0.0))


def _text(card: Card, path: tuple[str, str]) -> str:
    value = card.get(path[0], {}).get(path[1])
    if value is None:
        return format.NONE
    if path[1] in ("from", "to"):
        return str(value)[:16].replace("T", " ")
    if path[1] == "fingerprint":
        return str(value)[:16]
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
