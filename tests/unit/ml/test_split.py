"""The split: by time, with the time labels take between, without entities whose fraud is known by then."""

import dataclasses

import numpy as np
import pytest

from core.errors import BadInput
from ml import split
from ml.features import Feature
from ml.mistakes import FORM, OPTIONS, BadColumn
from ml.split import DAY, Protocol
from ml.table import Table


def table(n: int = 100) -> Table:
    """A row a day; every tenth is a fraud, of card 0 … 9 in turn."""
    labels = (np.arange(n) % 10 == 5).astype(float)
    cards = (np.arange(n) // 10) % 10
    return Table(
        (Feature("x"),),
        np.zeros((n, 1), dtype=np.float32),
        labels,
        "f",
        times=np.arange(n) * DAY,
        entities=cards.astype(np.int64),
    )


def test_the_newest_rows_are_the_test() -> None:
    found = split.by_time(table(), 0.25, Protocol(drop_known=False))
    assert found.older.tolist() == list(range(75))
    assert found.newer.tolist() == list(range(75, 100))


def test_rows_within_the_delay_belong_to_nobody() -> None:
    found = split.by_time(table(), 0.25, Protocol(delay_days=7, drop_known=False))
    assert found.older.tolist() == list(range(68))
    assert (found.waiting, found.newer[0]) == (7, 75)


def test_entities_known_as_fraudulent_leave_the_test() -> None:
    """Card 7 had its fraud on day 75, card 8 on day 85, card 9 on day 95: known at once, or two days later."""
    at_once = split.by_time(table(), 0.25, Protocol())
    assert at_once.newer.tolist() == [75, *range(80, 86), *range(90, 96)]
    later = split.by_time(table(), 0.25, Protocol(delay_days=2))
    assert later.newer.tolist() == [75, 76, *range(80, 87), *range(90, 97)]
    assert later.known == 25 - 16


def test_rows_of_nobody_known_stay() -> None:
    nobody = dataclasses.replace(table(), entities=np.full(100, -1))
    assert split.by_time(nobody, 0.25, Protocol()).known == 0


@pytest.mark.parametrize(
    ("changed", "protocol", "reason"),
    [
        ({"times": None}, Protocol(delay_days=1), "needs a column of times"),
        ({}, Protocol(delay_days=500), "no row is more than 500 days older"),
        ({"labels": np.zeros(100)}, Protocol(), "older part of the time-ordered split has no fraud"),
        ({"labels": np.ones(100)}, Protocol(drop_known=False), "only fraud"),
        ({"entities": np.zeros(100, dtype=np.int64)}, Protocol(), "newer part of the time-ordered split has no row"),
    ],
)
def test_what_cannot_be_split_says_why(changed: dict[str, object], protocol: Protocol, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        split.by_time(dataclasses.replace(table(), **changed), 0.25, protocol)


@pytest.mark.parametrize(
    ("changed", "drop_known", "options", "form"),
    [
        (
            {"entities": np.zeros(100, dtype=np.int64)}, True,
            "(25 rows of entities whose fraud was known are not judged); --keep-known judges them",
            "are not judged); tick “Test on cards and wallets whose fraud is known by then, too”",
        ),
        (
            {"labels": (np.arange(100) > 80).astype(float), "times": None}, False,
            "it may be sorted by its label); --time says which column tells the time",
            "it may be sorted by its label); choose a column under “Time”",
        ),
    ],
)  # fmt: skip
def test_a_side_without_a_class_says_what_can_be_done(
    changed: dict[str, object], drop_known: bool, options: str, form: str
) -> None:
    with pytest.raises(BadColumn) as caught:
        split.by_time(dataclasses.replace(table(), **changed), 0.25, Protocol(drop_known=drop_known))
    assert str(caught.value.worded(OPTIONS)).endswith(options)
    assert str(caught.value.worded(FORM)).endswith(form)
    assert "--" not in str(caught.value.worded(FORM)) + str(caught.value)
