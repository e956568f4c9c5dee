"""Transactions: the same in every run, believable in size, frauds that no single sign gives away."""

import itertools

import msgspec
import numpy as np
import pytest

from core.clock import now
from core.settings import load
from ml import metrics
from simulator import config as simulator_config
from simulator import traffic
from simulator.config import SimulatorConfig
from simulator.traffic import HOUR, Transaction


@pytest.fixture(scope="module")
def config() -> SimulatorConfig:
    return simulator_config.load(load({}))


@pytest.fixture(scope="module")
def week(config: SimulatorConfig) -> list[Transaction]:
    """A hundred and sixty-eight hours up to this one."""
    end = int(now() // HOUR)
    return [item for number in range(end - 168, end) for item in traffic.hour(number, config)]


def test_an_hour_is_the_same_in_every_run(config: SimulatorConfig) -> None:
    number = int(now() // HOUR)
    assert traffic.hour(number, config) == traffic.hour(number, config)
    other = msgspec.structs.replace(config, seed=config.seed + 1)
    assert traffic.hour(number, other)[0].features != traffic.hour(number, config)[0].features


def test_times_are_in_order_and_keys_are_unique(week: list[Transaction]) -> None:
    assert len({item.id for item in week}) == len(week)
    assert all(a.when <= b.when for a, b in itertools.pairwise(week))


def test_pieces_of_time_add_up(config: SimulatorConfig) -> None:
    end = now()
    start = end - 1.5 * HOUR
    middle = start + 1234.5
    whole = list(traffic.between(start, end, config))
    assert whole == [*traffic.between(start, middle, config), *traffic.between(middle, end, config)]


def test_the_platform_has_its_size(week: list[Transaction], config: SimulatorConfig) -> None:
    assert len(week) / 168 == pytest.approx(config.transactions_per_hour, rel=0.1)
    revenue = sum(item.platform_fee + (item.amount if item.type == "purchase" else 0) for item in week) / 168
    assert 8_000 < revenue < 16_000
    assert 0.006 < np.mean([item.fraud for item in week]) < 0.018


def test_every_kind_of_behaviour_occurs(week: list[Transaction]) -> None:
    assert {item.kind for item in week} == {"honest", *traffic.BEHAVIOURS}
    assert {item.kind for item in week if item.fraud} == set(traffic.BEHAVIOURS) - {"odd"}


def test_no_single_feature_gives_fraud_away(week: list[Transaction]) -> None:
    labels = np.array([float(item.fraud) for item in week])
    for name in week[0].features:
        values = np.array([float(item.features[name] if item.features[name] is not None else -1) for item in week])
        best = max(metrics.average_precision(labels, values), metrics.average_precision(labels, -values))
        assert best < 0.4, name


def test_only_transfers_have_a_counterparty(week: list[Transaction]) -> None:
    assert all((item.counterparty is None) == (item.type == "purchase") for item in week)
