"""The features of the product's model, and how a JSON object becomes a row of numbers in a model's order.

A model carries its own feature list in its artefact, so a model trained on other columns is served the same way;
`PRODUCT` gives the type and unit of the names that Gatehouse's platform sends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core import nfc
from core.errors import BadInput
from core.nearest import Known
from ml.data.category_encoding import Codes, spelled

Kind = Literal["number", "flag", "category"]
Value = float | str | None
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of a model. `calendar` marks what follows the clock, not the customers: it never counts as drift.

    A category is a number to the model: the index of its word in `categories`, and `unseen` for every other word.
    """

    name: str
    kind: Kind = "number"
    unit: str = ""
    calendar: bool = False
    categories: tuple[str, ...] = ()
    unseen: float = nan

    def as_json(self) -> dict[str, Any]:
        """What the artefact stores."""
        found = {"name": self.name, "type": self.kind, "unit": self.unit, "calendar": self.calendar}
        if self.kind == "category":
            found |= {"categories": list(self.categories), "unseen": None if isnan(self.unseen) else self.unseen}
        return found

    def word(self, value: float | None) -> float | str | None:
        """What a stored value means to a person: a category's word (None for any unseen one), else the value itself."""
        if self.kind != "category" or value is None or isnan(value):
            return value
        return self.categories[int(value)] if value.is_integer() and 0 <= value < len(self.categories) else None


PRODUCT = (
    Feature("amount", unit="USD"),
    Feature("price_deviation", unit="standard deviations from the price usual for the seat"),
    Feature("tickets_in_basket", unit="tickets"),
    Feature("checkout_seconds", unit="s from the first page to the order"),
    Feature("txn_velocity_1h", unit="transactions of the wallet in the last hour"),
    Feature("failed_payments_24h", unit="failed payments of the wallet in 24 h"),
    Feature("wallet_age", unit="d"),
    Feature("account_age", unit="d"),
    Feature("new_device", "flag"),
    Feature("geo_velocity", "flag", "moved faster than a plane"),
    Feature("device_accounts", unit="accounts seen on the device"),
    Feature("ip_accounts", unit="accounts seen on the IP in 24 h"),
    Feature("linked_wallet_hops", unit="transfers between buyer's and seller's wallets; missing when not linked"),
    Feature("resale_ratio", unit="share of the wallet's tickets that were sold on"),
    Feature("hour_sin", unit="sine of the UTC hour", calendar=True),
    Feature("hour_cos", unit="cosine of the UTC hour", calendar=True),
)
_KNOWN = {feature.name: feature for feature in PRODUCT}


def named(name: str, kind: Kind = "number") -> Feature:
    """The product's feature of that name, or a plain one."""
    return _KNOWN.get(name) or Feature(name, kind)


def from_json(items: Iterable[Mapping[str, Any]]) -> tuple[Feature, ...]:
    """The feature list of a stored artefact."""
    return tuple(
        Feature(
            nfc.text(item["name"]),
            item.get("type", "number"),
            item.get("unit", ""),
            bool(item.get("calendar", False)),
            tuple(item.get("categories", ())),
            nan if item.get("unseen") is None else float(item["unseen"]),
        )
        for item in items
    )


class Encoder:
    """Turns objects of named values into rows in one model's order: missing or null is NaN, true and false are 1 and 0.

    A word of a category becomes its code; a number there is taken as the word that it writes. Names that the model does
    not know are ignored and reported by `unknown`.
    """

    def __init__(self, features: tuple[Feature, ...]) -> None:
        self.features = features
        self.names = tuple(feature.name for feature in features)
        self.known = Known(self.names)
        self._words = [(index, feature) for index, feature in enumerate(features) if feature.kind == "category"]
        self._codes = [(index, Codes(feature.categories, feature.unseen)) for index, feature in self._words]

    def values(self, features: Mapping[str, Value]) -> list[float]:
        """The values in the model's order, length `len(features)`.

        Raises BadInput for a word where a number belongs.
        """
        get = features.get
        if self._codes:
            features = self._coded(features)
            get = features.get
        try:
            return [nan if (value := get(name)) is None else value + 0 for name in self.names]  # type: ignore[operator]
        except TypeError:
            wrong = next(name for name in self.names if isinstance(get(name), str))
            raise BadInput(f"$.features.{wrong}", f"is not a number: {str(get(wrong))[:40]!r}") from None

    def rows(self, values: Sequence[Sequence[float | None]]) -> Rows:
        """Rows (m, n) of values that are in the model's order already; None is missing.

        Raises BadInput naming the first row that has another length.
        """
        for index, row in enumerate(values):
            if len(row) != len(self.names):
                raise BadInput(f"$[{index}]", f"the model takes {len(self.names)} values, not {len(row)}")
        return np.array(values, dtype=np.float32).reshape(len(values), len(self.names))

    def meant(self, name: str, value: float | None) -> float | str | None:
        """A value of one feature as people know it: a category's word, None for one that was unseen."""
        return next((f.word(value) for _, f in self._words if f.name == name), value) if self._words else value

    def unknown(self, features: Mapping[str, Any]) -> list[str]:
        """Names that this model has no use for, sorted."""
        return sorted(features.keys() - self.known.names)

    def _coded(self, features: Mapping[str, Value]) -> dict[str, Value]:
        found = dict(features)
        for index, codes in self._codes:
            value = found.get(self.names[index])
            if value is not None:
                found[self.names[index]] = codes(spelled(value))
        return found
