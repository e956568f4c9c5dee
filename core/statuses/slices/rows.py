"""What the search reads: rows of a reference window and of an incident, with integer-coded attributes. Pure values."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from core.statuses.detector.arrays import Array


class Rows(NamedTuple):
    """`names` of k attributes; `values[i]` the texts of attribute i by code, None for "missing".

    `codes` is (k, n), `during` (n,) true in the incident; `total` and `bad` (n,) how many transactions a row stands for
    and how many of them were bad.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    codes: Array
    during: Array
    total: Array
    bad: Array


def from_rows(
    columns: Mapping[str, tuple[ArrayLike, Sequence[str | None]]],
    during: ArrayLike,
    bad: ArrayLike,
    weights: ArrayLike | None = None,
) -> Rows:
    """One entry a transaction: each attribute as (codes, texts by code), negative codes are missing values; `bad` is
    true or false, `weights` how many transactions a row stands for (1). Raises ValueError where lengths differ, a code
    has no text, or a weight is negative or no number.
    """
    inside = np.asarray(during, bool)
    total = np.ones(len(inside)) if weights is None else np.asarray(weights, float)
    return _checked(columns, inside, total, total * np.asarray(bad, bool))


def from_counts(columns: Mapping[str, tuple[ArrayLike, Sequence[str | None]]], counts: ArrayLike) -> Rows:
    """One entry a combination of values; `counts` is (n, 4): bad and total before, bad and total during the incident.

    Raises ValueError as `from_rows` does, and where more are bad than there are.
    """
    table = np.asarray(counts, float).reshape(-1, 4)
    twice = {name: (np.tile(np.asarray(codes), 2), texts) for name, (codes, texts) in columns.items()}
    inside = np.arange(2 * len(table)) >= len(table)
    return _checked(twice, inside, np.concatenate(table[:, [1, 3]].T), np.concatenate(table[:, [0, 2]].T))


def coded(column: Sequence[str | None]) -> tuple[Array, list[str | None]]:
    """Codes of the texts in a column, and the texts by code; None is -1, a missing value."""
    known: dict[str | None, int] = {text: code for code, text in enumerate(sorted(set(column) - {None}, key=str))}
    return np.array([known.get(text, -1) for text in column], np.int64), list(known)


def banded(numbers: ArrayLike, bands: int = 5) -> tuple[Array, list[str]]:
    """Codes of bands that hold about as many numbers each, and the texts of the bands; what is no number is -1."""
    found = np.asarray(numbers, float)
    there = np.isfinite(found)
    if not there.any():
        return np.full(found.shape, -1), []
    edges = np.unique(np.quantile(found[there], np.arange(1, bands) / bands, method="higher"))
    edges = edges[edges > found[there].min()]
    codes = np.where(there, np.searchsorted(edges, found, side="right"), -1)
    texts = [f"{edge:.4g}" for edge in edges]
    if len(set(texts)) < len(texts):
        texts = [f"{edge:.12g}" for edge in edges]
    if not texts:
        return codes, ["any"]
    between = [f"{low} to {high}" for low, high in pairwise(texts)]
    return codes, [f"under {texts[0]}", *between, f"{texts[-1]} or more"]


def _checked(
    columns: Mapping[str, tuple[ArrayLike, Sequence[str | None]]], during: Array, total: Array, bad: Array
) -> Rows:
    """Attributes in the order of their names, so that the caller's order changes nothing."""
    names = tuple(sorted(columns))
    values: list[tuple[str | None, ...]] = []
    codes = np.empty((len(names), len(during)), np.int64)
    for i, name in enumerate(names):
        own, texts = np.asarray(columns[name][0], np.int64), tuple(columns[name][1])
        if own.shape != during.shape:
            raise ValueError(f"{name}: {own.size} codes for {during.size} rows")
        if own.size and own.max() >= len(texts):
            raise ValueError(f"{name}: code {own.max()} has no text")
        codes[i] = np.where(own < 0, len(texts), own)
        values.append((*texts, None))
    if total.shape != during.shape or bad.shape != during.shape:
        raise ValueError("weights, bad and during differ in length")
    if not (np.isfinite(total).all() and (bad >= 0).all() and (bad <= total).all()):
        raise ValueError("counts must be numbers, none below zero, and no more bad than there are")
    return Rows(names, tuple(values), codes, during, total, bad)
