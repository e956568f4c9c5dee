"""The features of predictions as rows of numbers, by model, and their counts by day in the reference bins."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from core.clock import to_datetime
from core.db.queries import sql
from core.events.types import Prediction
from core.models.registry import ReferenceBins

References = Mapping[int, list[ReferenceBins]]


class FeatureRows(NamedTuple):
    """Rows (m, n) of features in one model's order, NaN missing, and the places of their predictions."""

    places: list[int]
    values: np.ndarray


def by_model(predictions: Sequence[Prediction], references: References) -> dict[int, FeatureRows]:
    """The predictions that have features of a model that is known."""
    found: dict[int, tuple[list[int], list[Any]]] = {}
    for place, event in enumerate(predictions):
        bins = references.get(event.model_version or 0)
        values = event.feature_values
        if bins and values is None and event.features is not None:
            values = [None if (v := event.features.get(b.name)) is None else float(v) for b in bins]
        if bins and values is not None and len(values) == len(bins):
            places, rows = found.setdefault(event.model_version or 0, ([], []))
            places.append(place)
            rows.append(values)
    return {version: FeatureRows(places, np.array(rows, dtype=float)) for version, (places, rows) in found.items()}


def count(
    cursor: Any, predictions: Sequence[Prediction], found: Mapping[int, FeatureRows], references: References
) -> None:
    """Add them to the histograms of their days."""
    groups: dict[tuple[Any, int], np.ndarray] = {}
    for version, (places, values) in found.items():
        days = np.array([int(float(predictions[place].timestamp or 0) // 86_400) for place in places])
        for day in np.unique(days).tolist():
            groups[to_datetime(day * 86_400.0).date(), version] = values[days == day]
    for (day, version), rows in sorted(groups.items(), key=lambda pair: pair[0]):
        counts = histogram(rows, references[version])
        cursor.execute(sql("writer.add_features"), (day, version, len(rows), counts.tolist()))


def histogram(values: np.ndarray, bins: list[ReferenceBins]) -> np.ndarray:
    """Counts of every feature's reference bins, one after another; `values` is rows x features, NaN missing."""
    parts = []
    for column, reference in zip(values.T, bins, strict=True):
        missing = np.isnan(column)
        index = np.searchsorted(reference.edges, column[~missing], side="right")
        counts = np.bincount(index, minlength=len(reference.edges) + 1)
        parts.append(np.append(counts, missing.sum()))
    return np.concatenate(parts)
