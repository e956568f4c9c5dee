"""The arithmetic of sizing."""

import pytest

from bench._sizing import DAY, DAYS, LOAD, Costs, first_to_saturate, need

COSTS = Costs({"scoring": 0.001, "Redis": 0.00002, "PostgreSQL": 0.00005}, disk=1000, network=2000, waiting=500)


def test_a_small_rate_needs_two_of_each_of_ours():
    found = need(10, COSTS)
    assert found.processes == {"scoring": 2, "Redis": 1, "PostgreSQL": 1}
    assert found.all_cores == pytest.approx(10 * 0.00107)


def test_a_large_rate_leaves_every_process_room():
    found = need(100_000, COSTS)
    assert found.processes["scoring"] == 167
    assert all(found.cores[name] / count <= LOAD for name, count in found.processes.items())
    assert found.disk_a_day == 100_000 * 1000 * DAY
    assert found.disk_kept == DAYS * found.disk_a_day
    assert found.network == 2e8
    assert found.buffer == 100_000 * 500 * 3600


def test_what_cannot_be_multiplied_saturates_first():
    name, rate = first_to_saturate(COSTS)
    assert (name, rate) == ("PostgreSQL", pytest.approx(20_000))
