"""silent-feed: no row comes."""

import pytest

from simulator import statuses
from tests.unit.simulator.scenarios.judged import START, changes
from tests.unit.simulator.scenarios.play import CONFIG


def test_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert statuses.rows(START, CONFIG)
    assert statuses.rows(START, CONFIG, changes(monkeypatch, "silent-feed")) == []
