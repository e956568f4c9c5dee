"""Likelihood gains against values worked out by hand, and what "alike" and "came or went" mean."""

import math

import numpy as np
import pytest

from core.statuses.slices import evidence

WHOLE = np.array([60.0, 1000.0, 30.0, 500.0])


def column(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


def test_two_shares_against_one() -> None:
    (gain,) = evidence.share_gain(*column(0, 10, 10, 10))
    assert gain == pytest.approx(20 * math.log(2))
    assert evidence.share_gain(*column(3, 30, 5, 50))[0] == pytest.approx(0, abs=1e-9)


def test_two_volumes_against_one() -> None:
    (gain,) = evidence.volume_gain(np.array([40.0]), np.array([0.0]), 1.0)
    assert gain == pytest.approx(40 * math.log(2))
    assert evidence.volume_gain(np.array([40.0]), np.array([20.0]), 0.5)[0] == pytest.approx(0, abs=1e-9)


def test_empty_windows_say_nothing() -> None:
    assert evidence.share_gain(*column(0, 0, 5, 5)).tolist() == [0.0]
    assert evidence.share_gain(*column(0, 0, 0, 0)).tolist() == [0.0]
    assert evidence.volume_gain(np.zeros(1), np.zeros(1), 0.3).tolist() == [0.0]


def test_rows_that_come_are_judged_by_the_share_of_the_whole() -> None:
    bad0, all0, bad1, all1 = evidence.completed(column(0, 0, 40, 200), WHOLE)[:, 0]
    assert 300 < all0 < 400  # 400 were due, less chance
    assert bad0 / all0 == pytest.approx(0.06)
    assert (bad1, all1) == (40, 200)


def test_rows_that_go_leave_those_of_the_whole() -> None:
    bad0, all0, bad1, all1 = evidence.completed(column(50, 400, 0, 0), WHOLE)[:, 0]
    assert (bad0, all0) == (50, 400)
    assert bad1 / all1 == pytest.approx(0.06)


def test_rows_within_chance_are_left_alone() -> None:
    counts = column(5, 100, 9, 60)
    assert evidence.completed(counts, WHOLE).tolist() == counts.tolist()


def test_all_failing_alike_is_no_change_of_a_slice() -> None:
    whole, own = np.array([60.0, 1000.0, 530.0, 1000.0]), column(200, 1000, 600, 1000)
    _, turned = evidence.alike(own[:2], whole)  # 47 of 94 good ones turned bad; of 80, 40 do
    assert turned[0] == pytest.approx(600, rel=0.01)
    odds, _ = evidence.alike(column(60, 1000), whole)
    assert odds[0] == pytest.approx(530, rel=0.02)
