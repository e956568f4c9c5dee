"""Capture: each day is cut by itself, ties share, and amounts weigh."""

import numpy as np
import pytest

from console.analytics.scorecard.capture import capture, cut


def test_each_day_is_cut_by_itself_from_the_highest_score_down() -> None:
    rows = np.array([[10.0, 5, 5], [10, 0, 2]])
    assert cut(rows, 5)[0].tolist() == [0, 0, 1]
    assert cut(rows, 7)[1].tolist() == [0.5, 1, 1]
    assert cut(rows, 8)[0].tolist() == [0, 0.6, 1], "a bin that the cut goes through counts by its share above"
    assert cut(rows, 100).tolist() == [[1, 1, 1], [1, 1, 1]]


def test_shares_by_number_and_amount() -> None:
    rows = np.array([[60.0, 30, 10], [60, 30, 10]])
    frauds = np.array([[0.0, 5, 5], [5, 0, 5]])
    amounts = np.array([[0.0, 50, 500], [50, 0, 500]])
    squares = np.array([[0.0, 500, 50_000], [500, 0, 50_000]])
    found = capture(10, rows, frauds, np.array([[5.0, 5, 5], [5, 5, 5]]), amounts, squares)
    assert found is not None
    assert (found.frauds, found.share, found.reviewed, found.days) == (20, 0.5, 20, 2)
    assert found.by_amount == pytest.approx(1000 / 1100)
    assert found.precision == 0.5
    assert found.low < 0.5 < found.high
    assert found.amount_low is not None
    assert found.amount_high is not None
    assert found.amount_low < 1000 / 1100 < found.amount_high


def test_few_known_frauds_have_no_share() -> None:
    one = np.ones((1, 3))
    assert capture(10, one * 50, one * 6, one, one, one) is None


def test_frauds_without_amounts_have_no_share_of_money() -> None:
    one = np.ones((1, 3))
    found = capture(10, one * 50, one * 10, one, one * 0, one * 0)
    assert found is not None
    assert found.by_amount is None
