"""Histograms: no quantile is off by more than 1 %, merging knows no order, and bytes say it all."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.endpoints import histogram
from core.events.endpoint_series import HIGHEST, LOWEST, MICROSECOND, bucket

SECONDS = st.floats(MICROSECOND, 1e6)
SAMPLES = st.lists(SECONDS, min_size=1, max_size=200)
BUCKETS = st.dictionaries(st.integers(LOWEST, HIGHEST), st.integers(1, 2**50), max_size=60)
QUANTILES = (0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.995, 1.0)


def counted(samples: list[float]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in samples:
        found[bucket(one)] = found.get(bucket(one), 0) + 1
    return found


def summed(*given: dict[int, int]) -> dict[int, int]:
    return {key: sum(one.get(key, 0) for one in given) for key in sorted({key for one in given for key in one})}


@given(SECONDS)
def test_the_value_of_a_bucket_is_near_what_is_in_it(seconds: float) -> None:
    value = histogram.VALUES[bucket(seconds) - LOWEST]
    assert abs(value - seconds) <= 0.01 * seconds or seconds < histogram.UPPER[0]


def test_buckets_ascend_and_end() -> None:
    edges = [bucket(10 ** (power / 50)) for power in range(-400, 400)]
    assert all(low <= high for low, high in pairwise(edges))
    assert (edges[0], edges[-1]) == (LOWEST, HIGHEST)
    assert bucket(0.0) == LOWEST


@given(SAMPLES)
def test_quantiles_are_within_one_percent(samples: list[float]) -> None:
    row = histogram.rows([histogram.encode(counted(samples))])
    found = histogram.quantiles(row, QUANTILES, min(samples), max(samples))[0]
    ordered = sorted(samples)
    for q, value in zip(QUANTILES, found, strict=True):
        true = ordered[max(1, math.ceil(q * len(ordered))) - 1]
        assert value == pytest.approx(true, rel=0.01)


@given(st.lists(SAMPLES, min_size=2, max_size=5))
def test_parts_merge_to_the_whole_in_any_order(parts: list[list[float]]) -> None:
    whole = histogram.encode(counted([one for part in parts for one in part]))
    sketches = [histogram.encode(counted(part)) for part in parts]
    assert histogram.compact(b"".join(sketches)) == whole
    assert histogram.compact(b"".join(reversed(sketches))) == whole
    left = histogram.compact(sketches[0] + sketches[1])
    assert histogram.compact(left + b"".join(sketches[2:])) == whole


@given(BUCKETS)
def test_bytes_say_it_all(buckets: dict[int, int]) -> None:
    assert histogram.decode(histogram.encode(buckets)) == buckets


@given(st.lists(st.lists(BUCKETS, max_size=3), min_size=1, max_size=6))
def test_rows_are_sums_of_what_stands_in_them(given: list[list[dict[int, int]]]) -> None:
    parts = [b"".join(map(histogram.encode, one)) for one in given]
    for row, one in zip(histogram.rows(parts), given, strict=True):
        found = {int(at) + LOWEST: int(row[at]) for at in np.flatnonzero(row)}
        assert found == summed(*one)


def test_nothing_has_no_quantile() -> None:
    assert np.isnan(histogram.quantiles(histogram.rows([b"", histogram.EMPTY]), (0.5,))).all()
    assert histogram.rows([]).shape == (0, histogram.BUCKETS)


def test_a_usual_minute_is_small() -> None:
    samples = np.random.default_rng(1).lognormal(-3, 0.6, 6000)
    assert len(histogram.encode(counted(samples.tolist()))) < 512
