"""The simulated year has every scenario, and some weeks of it are quieter by proposals without losing an incident."""

import pytest

from alerts.evaluate import ruleset
from bench._alert_year import NOISE, REAL, World
from bench.alert_quality_year import RULES, SLOTS, Total, read, sum_of, walk
from core import settings
from core.settings import Settings
from simulator.scenario import scenarios

DAYS = 62  # two months and a little: proposals are in force in the last


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings.load({"GATEHOUSE_DATA_DIR": str(tmp_path_factory.mktemp("data"))})


@pytest.fixture(scope="module")
def world(known: Settings) -> World:
    return World(known, DAYS, 3)


@pytest.fixture(scope="module")
def total(known: Settings, world: World) -> Total:
    rules = ruleset.load(known)
    return sum_of([walk(known, rules, world, name) for name in ("error-rate", "service-down", "response-time", "cpu")])


def test_every_scenario_of_the_simulator_happens(world: World) -> None:
    assert set(scenarios()) <= set(REAL) | set(NOISE)
    assert {one.name for one in world.happenings if one.real} == set(REAL)


def test_every_rule_that_a_real_incident_is_reason_for_is_walked() -> None:
    assert {rule for kind in REAL.values() for rule in kind.rules} <= set(RULES)


def test_a_seed_is_the_same_year_again(known: Settings) -> None:
    first, again, other = (World(known, 3, seed) for seed in (1, 1, 2))
    assert first.packed(first.start, first.end) == again.packed(first.start, first.end)
    assert first.happenings == again.happenings
    assert first.packed(first.start, first.end) != other.packed(first.start, first.end)


@pytest.fixture(scope="module")
def week(known: Settings) -> World:
    return World(known, 7, 4)


@pytest.mark.parametrize("name", [name for name in SLOTS if name != "traffic-anomaly"])
def test_windows_are_those_of_the_production_reader(week: World, known: Settings, name: str) -> None:
    rule, world = ruleset.load(known).by_id()[name], week
    track, past = read(world, rule), rule.kind.past(world.history(3600), rule.parameters)  # type: ignore[attr-defined]
    for tick in range(0, len(track), 321):
        [found], [one] = track.readings(tick), past(float(track.times[tick]))
        assert found.n == one.n
        assert found.value == pytest.approx(one.value, rel=1e-9), tick


def test_half_of_the_false_messages_go_and_no_incident_is_lost(total: Total) -> None:
    assert total.before >= 10
    assert total.cut >= 0.5
    assert total.lost == []
