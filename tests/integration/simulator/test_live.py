"""The live traffic sends counts of statuses every few seconds, each minute at last whole; scenarios change them."""

from typing import Any

import pytest

from core.settings import load
from simulator import statuses
from simulator.live import Live
from tests.unit.simulator.scenarios.play import CONFIG

START = 60.0 * 29_400_000 + 5


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    monkeypatch.setattr("simulator.sender.Sender.statuses", lambda _, rows: found.append(rows))
    return found


def test_each_minute_ends_up_whole(sent: list[list[dict[str, Any]]]) -> None:
    live = Live(load({}), CONFIG, print)
    for second in range(190):
        live._statuses(START + second, START + second + 1)
    assert len(sent) == 19
    stored: dict[tuple[str, ...], int] = {}
    for rows in sent:
        stored |= {tuple(str(v) for name, v in row.items() if name != "count"): row["count"] for row in rows}
    whole = sum(statuses.counts(29_400_000 + at, CONFIG).sum() for at in range(-1, 3))
    begun = statuses.counts(29_400_003, CONFIG, until=START + 186).sum()
    assert sum(stored.values()) == whole + begun


def test_a_scenario_changes_whole_minutes(sent: list[list[dict[str, Any]]]) -> None:
    live = Live(load({}), CONFIG, print)
    live._changes.begin([{"times": 0}], 60, START)
    for second in range(0, 200, 10):
        live._statuses(START + second, START + second + 10)
    assert {row["timestamp"][14:16] for rows in sent for row in rows} == {"59", "00", "02", "03"}
