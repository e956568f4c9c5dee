"""Slots: exact counters, quantiles within one percent, edges exactly on 50 and 100 ms, merging in any order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import time_buckets
from core.events.time_buckets import COUNTERS, Bucket

LATENCIES = st.lists(st.floats(0.06, 50_000), min_size=1, max_size=300)


def packed(latencies: list[float]) -> bytes:
    slot = Bucket()
    for value in latencies:
        slot.add_latency(value)
    return time_buckets.pack(slot.counts, time_buckets.pack_latency(slot.latency))


@given(LATENCIES, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_within_one_percent(latencies: list[float], q: float) -> None:
    true = sorted(latencies)[max(0, math.ceil(q * len(latencies)) - 1)]
    assert time_buckets.total([packed(latencies)]).quantile(q) == pytest.approx(true, rel=0.01)


@given(st.lists(st.one_of(st.floats(0, 1000), st.sampled_from([50.0, 100.0])), min_size=1, max_size=200))
def test_shares_above_50_and_100_ms_are_exact(latencies: list[float]) -> None:
    totals = time_buckets.total([packed(latencies)])
    for edge in (50.0, 100.0):
        assert totals.share_above(edge) == sum(value > edge for value in latencies) / len(latencies)


@given(LATENCIES, LATENCIES)
def test_slots_add_up(first: list[float], second: list[float]) -> None:
    apart = time_buckets.total([packed(first), packed(second)])
    together = time_buckets.total([packed(first + second)])
    assert (apart.latency == together.latency).all()


@given(st.dictionaries(st.integers(0, 1050), st.integers(1, 2**32 - 1)))
def test_a_histogram_survives_packing(latency: dict[int, int]) -> None:
    assert time_buckets.unpack_latency(time_buckets.pack_latency(latency)) == latency


def test_counters_keep_their_names_and_their_order() -> None:
    totals = time_buckets.total([time_buckets.pack(list(range(len(COUNTERS))), b"")] * 2)
    assert totals.counts == {name: 2 * index for index, name in enumerate(COUNTERS)}
    assert totals.quantile(0.95) is None
    assert time_buckets.total([]).counts["requests"] == 0


@given(st.floats(1e9, 4e9), st.sampled_from([60, 300, 600, 3600]))
def test_a_window_holds_now_and_whole_slots(now: float, length: int) -> None:
    start, end = time_buckets.window(now, length)
    assert start % time_buckets.WIDTH == end % time_buckets.WIDTH == 0
    assert end - start == length
    assert start < now < end
