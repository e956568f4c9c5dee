"""The split: by time, with the time labels take between, without entities whose fraud is known by then."""

import dataclasses

import numpy as np
import pytest

from core.errors import BadInput
from ml.data import split
from ml.data.column_errors import FORM, OPTIONS, BadColumn
from ml.data.features import Feature
from ml.data.split import DAY, Protocol
from ml.data.table import Table


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
    """Card 7 had its fraud on day 75, card 8 on day 85, card 9 on day 95: known the day after, or two days later."""
    at_once = split.by_time(table(), 0.25, Protocol())
    assert at_once.newer.tolist() == [75, *range(80, 86), *range(90, 96)]
    later = split.by_time(table(), 0.25, Protocol(delay_days=2))
    assert later.newer.tolist() == [*range(75, 78), *range(80, 88), *range(90, 98)]
    assert (later.known, later.known_frauds) == (25 - 19, 0)


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
            "(25 rows of entities with known fraud are excluded); --keep-known keeps them in the test",
            "are excluded); tick “Keep cards and wallets with known fraud in the test”",
        ),
        (
            {"labels": (np.arange(100) > 80).astype(float), "times": None}, False,
            "it may be sorted by its label); --time sets the time column",
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


def test_a_test_of_days_begins_at_midnight_with_the_delay_before_it() -> None:
    """Four rows a day, at 3, 9, 15 and 21 o'clock, on twenty days."""
    whole = four_a_day()
    found = split.by_time(whole, 0.25, Protocol(delay_days=7, drop_known=False, test_days=7))
    assert found.newer.tolist() == list(range(13 * 4, 20 * 4))
    assert found.older.tolist() == list(range(6 * 4))
    assert found.waiting == 7 * 4


def test_a_test_from_a_date_may_end_before_the_file_does() -> None:
    found = split.by_time(four_a_day(), 0.25, Protocol(drop_known=False, test_from=10 * DAY, test_days=3))
    assert found.newer.tolist() == list(range(40, 52))
    assert (found.older[-1], found.after) == (39, 28)
    open_end = split.by_time(four_a_day(), 0.25, Protocol(drop_known=False, test_from=10 * DAY))
    assert (len(open_end.newer), open_end.after) == (40, 0)


def test_a_share_of_the_person() -> None:
    assert len(split.by_time(four_a_day(), 0.25, Protocol(drop_known=False, test_share=0.5)).newer) == 40


def test_windows_lie_one_after_the_other() -> None:
    by_days = split.windows(four_a_day(), 0.25, Protocol(1, False, test_days=4, folds=3))
    assert [part.newer.tolist() for part in by_days] == [list(range(32, 48)), list(range(48, 64))]
    assert [part.older[-1] for part in by_days] == [27, 43]
    by_rows = split.windows(four_a_day(), 0.25, Protocol(drop_known=False, folds=2))
    assert [part.newer.tolist() for part in by_rows] == [list(range(40, 60))]
    assert split.windows(four_a_day(), 0.25, Protocol(drop_known=False)) == []
    assert len(split.windows(four_a_day(), 0.25, Protocol(drop_known=False, folds=30))) < 4


def test_shuffled_rows_are_drawn_by_chance_and_the_same_each_time() -> None:
    first, second = (split.by_time(four_a_day(), 0.25, Protocol(shuffle=True), 5) for _ in range(2))
    assert first.newer.tolist() == second.newer.tolist()
    assert len(first.newer) == 20
    assert sorted([*first.older.tolist(), *first.newer.tolist()]) == list(range(80))
    assert first.newer.tolist() != list(range(60, 80))


@pytest.mark.parametrize(
    ("changed", "protocol", "reason"),
    [
        ({"times": None}, Protocol(test_days=3), "need a column of times"),
        ({"times": None}, Protocol(test_from=3.0), "need a column of times"),
        ({}, Protocol(test_days=30), "no row is left to train on"),
        ({}, Protocol(test_from=30 * DAY), "no row is left in it"),
        ({}, Protocol(test_from=-1.0), "no row is left to train on"),
        ({}, Protocol(7, shuffle=True), "a random split cannot be combined with a delay"),
        ({}, Protocol(folds=2, shuffle=True), "a random split cannot be combined with a delay"),
    ],
)
def test_a_test_that_cannot_be_says_why(changed: dict[str, object], protocol: Protocol, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        split.by_time(dataclasses.replace(four_a_day(), **changed), 0.25, protocol)


def test_what_is_known_goes_by_day() -> None:
    """The card of all rows has its fraud on day 12 at 3 o'clock: known on day 13, whatever the hour, or days later."""
    labels = np.zeros(80)
    labels[[4, 48, 79]] = 1
    cards = np.where(np.arange(80) == 4, 2, np.where(np.arange(80) == 79, 3, 1))
    whole = dataclasses.replace(four_a_day(), labels=labels, entities=cards)
    for delay, known_from in ((0, 13), (2, 15), (0.5, 13), (1.5, 14)):
        found = split.by_time(whole, 0.25, Protocol(delay, test_from=11 * DAY))
        assert found.newer.tolist() == [*range(44, known_from * 4), 79], delay
        assert found.known_frauds == 0


def four_a_day() -> Table:
    labels = (np.arange(80) % 5 == 2).astype(float)
    rows = np.zeros((80, 1), dtype=np.float32)
    return Table((Feature("x"),), rows, labels, "f", times=np.arange(80) * DAY / 4 + 3 * 3600)
