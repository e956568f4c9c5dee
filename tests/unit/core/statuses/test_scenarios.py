"""Every scenario fits the usual counts, keeps what it only moves, and is one of the simulator's."""

import pytest

from core import settings
from core.statuses import mix
from core.statuses.scenarios import SCENARIOS
from simulator.scenario import scenarios

USUAL = mix.cells(mix.load(settings.load({})))
TOTAL = {"silent-feed": 0.0, "launch": 10.0, "gateway-down": 1.0, "issuer-declines": 1.0}


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_changes_what_is_counted(name: str) -> None:
    rates = mix.changed(USUAL, SCENARIOS[name].changes)
    assert (rates != USUAL.rates).any()
    assert rates.sum() / USUAL.rates.sum() == pytest.approx(TOTAL.get(name, rates.sum() / USUAL.rates.sum()))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_simulator_plays_it(name: str) -> None:
    assert scenarios()[name].summary == SCENARIOS[name].summary
