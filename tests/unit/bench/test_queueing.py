"""The queueing arithmetic against closed forms, and against the simulation that shares none of it."""

import math

import numpy as np
import pytest

from bench._queueing import (
    Wait,
    allen_cunneen,
    drawn,
    erlang_c,
    response_quantile,
    scv,
    simulate,
    utilisation_for,
)


def erlang_c_by_sums(servers, offered):
    """The textbook form, with factorials."""
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (sum(offered**k / math.factorial(k) for k in range(servers)) + last)


@pytest.mark.parametrize(("servers", "offered"), [(1, 0.3), (2, 1.5), (5, 4.0), (40, 33.0)])
def test_erlang_c_is_the_textbook_form(servers, offered):
    assert erlang_c(servers, offered) == pytest.approx(erlang_c_by_sums(servers, offered), rel=1e-12)


def test_erlang_c_of_a_thousand_servers_does_not_overflow():
    assert 0 < erlang_c(1000, 950.0) < 0.2
    assert erlang_c(3, 3.0) == 1.0


def test_one_server_is_m_m_1():
    wait = allen_cunneen(rate=60.0, service=0.01, servers=1)
    assert wait.chance == pytest.approx(0.6)
    assert wait.mean == pytest.approx(0.6 * 0.01 / 0.4)
    assert wait.quantile(0.95) == pytest.approx(math.log(0.6 / 0.05) * 0.01 / 0.4)


def test_constant_service_waits_half_of_exponential():
    exponential, constant = (allen_cunneen(80.0, 0.01, 1, 1.0, varied).mean for varied in (1.0, 0.0))
    assert constant == pytest.approx(exponential / 2)


def test_overload_has_no_steady_state():
    assert allen_cunneen(101.0, 0.01, 1).mean == math.inf
    assert response_quantile(allen_cunneen(101.0, 0.01, 1), np.array([0.01]), 0.95) == math.inf


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 0.7), (8, 0.8)])
def test_the_simulation_of_m_m_c_waits_as_erlang_says(servers, load):
    rng = np.random.default_rng(1)
    services = rng.exponential(0.01, 400_000)
    waits = simulate(rng.exponential(0.01 / servers / load, 400_000), services, servers)
    exact = allen_cunneen(servers * load / 0.01, 0.01, servers)
    assert waits.mean() == pytest.approx(exact.mean, rel=0.06)
    assert (waits > 0).mean() == pytest.approx(exact.chance, rel=0.04)
    assert np.quantile(waits, 0.95) == pytest.approx(exact.quantile(0.95), rel=0.06)


def test_the_simulation_of_m_g_1_waits_as_pollaczek_and_khinchin_say():
    services = np.random.default_rng(2).gamma(4.0, 0.0025, 50_000)  # scv 1/4
    waits, _ = drawn(60.0, services, 1, 400_000, seed=3)
    exact = allen_cunneen(60.0, float(services.mean()), 1, 1.0, scv(services))
    assert waits.mean() == pytest.approx(exact.mean, rel=0.05)


def test_a_hand_made_queue():
    waits = simulate(np.array([0.0, 1.0, 1.0, 5.0]), np.array([3.0, 3.0, 1.0, 1.0]), 1)
    assert waits.tolist() == [0.0, 2.0, 4.0, 0.0]
    assert simulate(np.array([0.0, 1.0, 1.0]), np.array([3.0, 3.0, 1.0]), 2).tolist() == [0.0, 0.0, 1.0]


def test_the_answer_takes_the_wait_and_the_service():
    services = np.full(100, 0.02)
    assert response_quantile(Wait(0.0, 0.0), services, 0.95) == pytest.approx(0.02, rel=1e-6)
    half = Wait(0.5, 0.005)
    assert response_quantile(half, services, 0.95) == pytest.approx(0.02 + half.quantile(0.95), rel=1e-6)


def test_the_utilisation_for_a_limit_keeps_it_and_no_higher_one_does():
    services = np.random.default_rng(4).gamma(2.0, 0.004, 20_000)
    found = utilisation_for(0.05, services, 2)
    mean = float(services.mean())
    at = [
        response_quantile(allen_cunneen(load * 2 / mean, mean, 2, 1.0, scv(services)), services, 0.95)
        for load in (found, found + 0.02)
    ]
    assert at[0] <= 0.05 + 1e-6 < at[1]
    assert utilisation_for(0.001, services, 2) == pytest.approx(0.0, abs=1e-6)
