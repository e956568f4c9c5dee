"""Columns that tell the label: alone, on one side of the split only, or by being empty."""

import dataclasses

import numpy as np
import pytest

from ml.data import leaks
from ml.data.features import Feature
from ml.data.split import Split
from ml.data.table import Table

COUNT, OLDER = 2000, 1500
SPLIT = Split(np.arange(OLDER), np.arange(OLDER, COUNT), 0, 0)
LABELS = (np.random.default_rng(3).random(COUNT) < 0.1).astype(float)
FRAUD = LABELS == 1


def said(column: np.ndarray) -> str:
    rows = np.column_stack([column, np.random.default_rng(4).normal(size=COUNT)]).astype(np.float32)
    table = Table((Feature("a"), Feature("b")), rows, LABELS, "f")
    found = list(leaks.of(table, SPLIT))
    assert not any("'b'" in one for one in found)
    return " ".join(found)


def noise() -> np.ndarray:
    return np.random.default_rng(5).normal(size=COUNT)


@pytest.mark.parametrize("rows", [slice(None), slice(None, OLDER), slice(OLDER, None)])
def test_a_column_that_tells_the_label_is_named_whichever_side_has_it(rows: slice) -> None:
    for told in (LABELS * 3, -LABELS, np.where(FRAUD, 0.0, np.sign(noise()) * 5)):
        column = np.full(COUNT, np.nan)
        column[rows] = told[rows]
        assert "'a' separates the classes on its own" in said(column), rows


def test_a_range_in_the_middle_tells_too() -> None:
    assert "separates the classes on its own" in said(
        np.where(FRAUD, 0.01 * noise(), 3 + np.abs(noise())) * np.sign(noise())
    )


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (FRAUD & (np.arange(COUNT) % 3 == 0), "is missing in"),
        (~FRAUD & (np.arange(COUNT) % 4 == 0), "is missing in"),
        (~(FRAUD & (np.arange(COUNT) % 3 == 0)), "is present in"),
    ],
)
def test_a_column_that_is_missing_in_one_class_only_is_named(missing: np.ndarray, words: str) -> None:
    assert words in said(np.where(missing, np.nan, noise()))


def test_what_chance_does_is_not_named() -> None:
    assert said(noise()) == ""
    assert said(noise() + LABELS) == ""
    assert said(np.where(np.random.default_rng(6).random(COUNT) < 0.3, np.nan, noise())) == ""
    few = np.flatnonzero(~FRAUD)[:30]
    column = noise()
    column[few] = np.nan
    assert said(column) == ""
    assert said(np.full(COUNT, np.nan)) == ""
    assert dataclasses.replace(SPLIT, known=1) != SPLIT
