"""What a model card warns of: rows that come twice, columns that number the rows, times that are none."""

import dataclasses

import numpy as np
import pytest

from ml.card import data_warnings, resampling
from ml.data.features import Feature
from ml.data.split import Protocol, Split
from ml.data.table import Table
from tests.unit.ml.examples import table


def honest(found: Table) -> np.ndarray:
    """Scores that rank as the truth nearly does, and mean what they say."""
    labels = found.labels[len(found.labels) * 3 // 4 :]
    return np.where(labels == 1, 0.85, 0.02)


def judged(found: Table, scores: np.ndarray, protocol: Protocol | None = None, **split: int) -> str:
    count = len(found.labels)
    newer = np.arange(count * 3 // 4, count)
    parts = Split(np.arange(count * 3 // 4), newer, 0, split.get("known", 0), split.get("known_frauds", 0))
    drawn = resampling.intervals(found.labels[newer], scores, 0.6, resampling.clusters(found, newer), 1)
    return " ".join(data_warnings.of(found, parts, scores, protocol, drawn))


def test_chance_is_called_chance_with_its_interval_and_a_skill() -> None:
    found = table(1200)
    chance = np.random.default_rng(1).beta(2, 18, 300)
    assert "No better than chance: AUC ROC 0." in judged(found, chance)
    assert "Brier skill -0." in judged(found, chance)
    assert "chance" not in judged(found, honest(found))


def test_a_constant_that_scores_better_is_said() -> None:
    found = table(1200)
    inflated = np.clip(honest(found) * 0.2 + 0.5, 0, 1)
    text = judged(found, inflated)
    assert "worse probability estimates than the overall fraud rate" in text
    assert "times the fraud rate" in text
    assert "worse" not in judged(found, honest(found))
    assert "times the fraud rate" not in judged(found, honest(found))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_changed_fraud_share_is_said(share: float) -> None:
    found = table(1200)
    labels = found.labels.copy()
    labels[900 + np.flatnonzero(labels[900:] == 1 - share)[4:]] = share
    changed = dataclasses.replace(found, labels=labels)
    assert "The fraud share changed" in judged(changed, honest(changed))
    assert "The fraud share changed" not in judged(found, honest(found))


def test_the_protocol_is_on_the_card() -> None:
    found = dataclasses.replace(table(1200), entities=np.arange(1200) % 400)
    assert "a random sample" in judged(found, honest(found), Protocol(shuffle=True))
    assert "none is assumed" in judged(found, honest(found), Protocol(assumed=True))
    assert "assumed" not in judged(found, honest(found), Protocol(delay_days=7))
    text = judged(found, honest(found), Protocol(delay_days=7), known=60, known_frauds=1)
    assert "60 rows with 1 fraud of entities with known fraud are excluded from the test; 300 rows with" in text


def said(found: Table, scores: np.ndarray | None = None) -> str:
    count = len(found.labels)
    split = Split(np.arange(count * 3 // 4), np.arange(count * 3 // 4, count), 0, 0)
    chance = np.random.default_rng(1).random(count - count * 3 // 4) if scores is None else scores
    return " ".join(data_warnings.of(found, split, chance))


def with_column(values: np.ndarray) -> Table:
    found = table(800)
    rows = np.column_stack([found.rows, values]).astype(np.float32)
    return dataclasses.replace(found, features=(*found.features, Feature("n")), rows=rows)


def test_a_file_that_holds_its_rows_twice_is_no_proof() -> None:
    once = table(800)
    assert "identical to training rows" not in said(once)
    twice = once.take(np.concatenate([np.arange(800), np.arange(400, 800)]))
    assert "100 % of the test rows are identical to training rows." in said(twice)
    partly = once.take(np.concatenate([np.arange(800), np.arange(150)]))
    assert "63 % of the test rows are identical to training rows; on the others AUC ROC is 0." in said(partly)
    apart = dataclasses.replace(twice, times=1.7e9 + np.arange(1200.0))
    assert "identical to training rows" not in said(apart)


def test_rows_of_few_values_are_equal_by_nature() -> None:
    found = table(800)
    flags = dataclasses.replace(found, features=found.features[1:2], rows=found.rows[:, 1:2].copy())
    assert "identical to training rows" not in said(flags)


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
    assert "may be Excel dates (days since 1900)" in said(dataclasses.replace(found, notes=("It was read so.",)))
    assert said(dataclasses.replace(found, notes=("It was read so.",))).startswith("It was read so.")
    assert "Excel" not in said(dataclasses.replace(found, times=np.linspace(0.0, 45400.0, 800)))
