"""Categories as numbers: words in the order of their fraud rate, learnt from the older rows only.

For a binary outcome the best split of a category's words into two sets is a cut of the words ordered by their rate
(Breiman et al. 1984, theorem 4.5), so a tree that cuts numbers finds it. Rates are mixed with the average first
(Micci-Barreca 2001), so that a word seen twice is not the riskiest of all.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ml.config import CategoriesConfig
from ml.data.category_encoding import Codes
from ml.data.features import Feature, Rows
from ml.data.table import Table


def ordered(table: Table, older: npt.NDArray[np.int64], config: CategoriesConfig) -> Table:
    """The table with its categories coded by what the rows `older` say; words that are rare there count as unseen."""
    rows, features = table.rows.copy(), list(table.features)
    for column, feature in enumerate(features):
        if feature.kind == "category":
            features[column], codes = _order(rows[older, column], table.labels[older], feature, config)
            present = np.isfinite(rows[:, column])
            rows[present, column] = codes[rows[present, column].astype(np.int64)]
    return replace(table, rows=rows, features=tuple(features))


def _order(
    values: npt.NDArray[np.float32], labels: npt.NDArray[np.float64], feature: Feature, config: CategoriesConfig
) -> tuple[Feature, npt.NDArray[np.float32]]:
    """The feature with its words in order, and the new code of each of its words of before."""
    present = np.isfinite(values)
    index = values[present].astype(np.int64)
    count = np.bincount(index, minlength=len(feature.categories)).astype(np.float64)
    frauds = np.bincount(index, weights=labels[present], minlength=len(feature.categories))
    average = float(labels.mean())
    rate = (frauds + config.prior_rows * average) / (count + config.prior_rows)
    frequent = np.argsort(-count, kind="stable")[: config.most]
    kept = np.sort(frequent[count[frequent] >= config.least_rows])
    kept = kept[np.argsort(rate[kept], kind="stable")]
    unseen = float((rate[kept] < average).sum()) - 0.5
    codes = np.full(len(feature.categories), unseen, dtype=np.float32)
    codes[kept] = np.arange(len(kept))
    return replace(feature, categories=tuple(feature.categories[i] for i in kept), unseen=unseen), codes


def coded(table: Table, features: tuple[Feature, ...]) -> Rows:
    """The rows (m, n) of a table, whose words are not in order yet, in a model's terms; columns are found by name."""
    places = {feature.name: place for place, feature in enumerate(table.features)}
    rows = np.full((len(table.rows), len(features)), np.nan, dtype=np.float32)
    for column, feature in enumerate(features):
        place = places.get(feature.name)
        if place is None:
            continue
        values = table.rows[:, place]
        if feature.kind == "category":
            codes = Codes(feature.categories, feature.unseen)
            known = np.array([*map(codes, table.features[place].categories), np.nan])
            values = known[np.where(np.isnan(values), len(known) - 1, values).astype(np.int64)]
        rows[:, column] = values
    return rows
