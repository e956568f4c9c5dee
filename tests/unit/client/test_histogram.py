"""Buckets of durations: their edges, their ends, and a quantile within one per cent."""

import math
import random

import pytest
from gatehouse_client import batch, fold
from gatehouse_client.histogram import GROWTH, HIGHEST, LONGEST, LOWEST, SHORTEST, bucket

from core.events import endpoint_series


@pytest.mark.parametrize("seconds", [0.0, 1e-12, 1e-7, SHORTEST])
def test_a_microsecond_and_less_are_one_bucket(seconds: float) -> None:
    assert bucket(seconds) == LOWEST


@pytest.mark.parametrize("seconds", [LONGEST, 1e9, math.inf])
def test_eleven_days_and_more_are_one_bucket(seconds: float) -> None:
    assert bucket(seconds) == HIGHEST


def test_a_bucket_ends_at_its_power_and_begins_after_the_one_before() -> None:
    for number in range(LOWEST + 2, HIGHEST - 1):
        upper = GROWTH**number
        assert bucket(upper * (1 - 1e-9)) == number
        assert bucket(upper * (1 + 1e-9)) == number + 1


def test_one_second_is_in_bucket_nought() -> None:
    assert (bucket(1.0), bucket(1.01), bucket(0.99)) == (0, 1, 0)


def test_the_server_counts_in_the_same_buckets() -> None:
    rng = random.Random(3)
    edges = [GROWTH**number * step for number in range(LOWEST - 1, HIGHEST + 2) for step in (1 - 1e-15, 1, 1 + 1e-15)]
    drawn = [math.exp(rng.uniform(-18, 16)) for _ in range(20_000)]
    for seconds in [0.0, SHORTEST, LONGEST, 1e12, *edges, *drawn]:
        assert bucket(seconds) == endpoint_series.bucket(seconds), seconds
    assert (LOWEST, HIGHEST, GROWTH) == (endpoint_series.LOWEST, endpoint_series.HIGHEST, endpoint_series.GROWTH)


def test_names_are_the_servers() -> None:
    assert batch.LOST == endpoint_series.LOST
    assert (fold.OTHER, fold.UNMATCHED, fold.OTHER_METHOD) == (
        endpoint_series.OTHER, endpoint_series.UNMATCHED, endpoint_series.OTHER_METHOD,
    )  # fmt: skip
    assert fold.METHODS == endpoint_series.METHODS


def test_the_middle_of_a_bucket_is_within_a_per_cent_of_all_in_it() -> None:
    rng = random.Random(7)
    for _ in range(10_000):
        seconds = math.exp(rng.uniform(math.log(2e-6), math.log(80_000)))
        upper = GROWTH ** bucket(seconds)
        middle = 2 * upper / (1 + GROWTH)
        assert abs(middle - seconds) <= 0.01 * seconds * (1 + 1e-9)
