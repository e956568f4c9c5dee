"""A table of stored predictions whose truth is known by now, to train on (L3) and to compare models on (L8)."""

import hashlib
from math import isfinite, nan

import numpy as np

from core.db.queries import query
from core.errors import BadInput
from core.models import registry as models
from core.stores import Stores
from ml import registry
from ml.data.features import Feature
from ml.data.table import Table

MOST_ROWS = 500_000


def read(stores: Stores, version: int, since: float, until: float | None = None) -> Table:
    """Labelled predictions from `since` to `until` (epoch seconds; None: no end), oldest first.

    Features are those of model `version`; predictions of other versions give theirs by name. At most the newest
    `MOST_ROWS`. Raises BadInput when there is no such model or no labelled prediction.
    """

    def features_of(number: int) -> tuple[Feature, ...]:
        return registry.features(models.load(stores.database, number, stores.model_seal))

    features = features_of(version)
    values = {"since": since, "until": until, "most": MOST_ROWS}
    with stores.database.transaction() as connection:
        found = connection.execute(query("training.labelled"), values).all()
    if not found:
        raise BadInput("label", "no stored prediction in that period has a label")
    words: dict[str, dict[str, int]] = {feature.name: {} for feature in features if feature.kind == "category"}
    plans = {v: _plan(features_of(v), features) for v in {r.model_version for r in found}}
    rows = np.array([_values(row.features, plans[row.model_version], words) for row in found], dtype=np.float32)
    labels = np.array([row.fraud for row in found], dtype=np.float64)
    wallets: dict[str, int] = {}
    amounts = np.array([row.amount or 0.0 for row in found], dtype=np.float64)
    return Table(
        tuple(_with_words(feature, words.get(feature.name, {})) for feature in features),
        rows,
        labels,
        hashlib.sha256(rows.tobytes() + labels.tobytes()).hexdigest(),
        times=np.array([row.at for row in found], dtype=np.float64),
        entities=np.array([wallets.setdefault(r.wallet, len(wallets)) if r.wallet else -1 for r in found]),
        amounts=amounts,
        place="the labels of stored predictions",
    )


def _plan(theirs: tuple[Feature, ...], wanted: tuple[Feature, ...]) -> list[tuple[Feature, int] | None]:
    """For each wanted feature: the stored one of that name and its place."""
    places = {feature.name: (feature, place) for place, feature in enumerate(theirs)}
    return [places.get(feature.name) for feature in wanted]


def _values(
    stored: list[float | None], plan: list[tuple[Feature, int] | None], words: dict[str, dict[str, int]]
) -> list[float]:
    """One row; a category becomes its word's index in `words`, which grow as they are met."""
    found = []
    for entry in plan:
        value = None if entry is None or entry[1] >= len(stored) else stored[entry[1]]
        if entry is not None and value is not None and entry[0].name in words:
            word = entry[0].word(value) if entry[0].kind == "category" else None
            known = words[entry[0].name]
            value = float(known.setdefault(str(word), len(known))) if word is not None else None
        found.append(nan if value is None or not isfinite(value) else value)
    return found


def _with_words(feature: Feature, words: dict[str, int]) -> Feature:
    """The feature as a file would give it: its words, not yet in order."""
    if feature.kind != "category":
        return feature
    return Feature(feature.name, "category", feature.unit, feature.calendar, tuple(words))
