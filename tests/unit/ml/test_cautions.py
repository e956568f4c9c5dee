"""What a model card warns of: rows that come twice, columns that number the rows, times that are none."""

import dataclasses

import numpy as np

from ml import cautions
from ml.features import Feature
from ml.split import Split
from ml.table import Table
from tests.unit.ml.examples import table


def said(found: Table, scores: np.ndarray | None = None) -> str:
    count = len(found.labels)
    split = Split(np.arange(count * 3 // 4), np.arange(count * 3 // 4, count), 0, 0)
    chance = np.random.default_rng(1).random(count - count * 3 // 4) if scores is None else scores
    return " ".join(cautions.of(found, split, chance))


def with_column(values: np.ndarray) -> Table:
    found = table(800)
    rows = np.column_stack([found.rows, values]).astype(np.float32)
    return dataclasses.replace(found, features=(*found.features, Feature("n")), rows=rows)


def test_a_file_that_holds_its_rows_twice_is_no_proof() -> None:
    once = table(800)
    assert "equal to rows" not in said(once)
    twice = once.take(np.concatenate([np.arange(800), np.arange(400, 800)]))
    assert "100 % of the rows that judge are equal to rows that were learnt from." in said(twice)
    partly = once.take(np.concatenate([np.arange(800), np.arange(150)]))
    assert "63 % of the rows that judge are equal to rows that were learnt from; on the others AUC ROC is 0." in said(
        partly
    )
    apart = dataclasses.replace(twice, times=1.7e9 + np.arange(1200.0))
    assert "equal to rows" not in said(apart)


def test_rows_of_few_values_are_equal_by_nature() -> None:
    found = table(800)
    flags = dataclasses.replace(found, features=found.features[1:2], rows=found.rows[:, 1:2].copy())
    assert "equal to rows" not in said(flags)


def test_a_column_that_numbers_the_rows_is_named() -> None:
    numbers = np.arange(7, 807)
    assert "'n' only numbers the rows" in said(with_column(numbers))
    assert "'n' only numbers the rows" in said(with_column(np.random.default_rng(2).permutation(numbers)))
    assert "numbers the rows" not in said(with_column(numbers + (numbers == 806)))
    assert "numbers the rows" not in said(with_column(np.where(numbers == 9, np.nan, numbers)))


def test_times_that_are_durations_are_named() -> None:
    found = table(800)
    assert "times are small numbers (0 to 799)" in said(dataclasses.replace(found, times=np.arange(800.0)))
    assert "small numbers" not in said(dataclasses.replace(found, times=1.7e9 + np.arange(800.0)))


def test_small_times_that_may_be_excels_days_are_said() -> None:
    found = dataclasses.replace(table(800), times=np.linspace(45000.0, 45400.0, 800))
    assert "may be Excel's days since 1900" in said(dataclasses.replace(found, notes=("It was read so.",)))
    assert said(dataclasses.replace(found, notes=("It was read so.",))).startswith("It was read so.")
    assert "Excel" not in said(dataclasses.replace(found, times=np.linspace(0.0, 45400.0, 800)))
