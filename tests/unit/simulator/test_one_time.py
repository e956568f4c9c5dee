"""So many predictions at once: counted, under ids of their own, with what belongs to them."""

from typing import Any

import pytest

from core import settings
from core.errors import BadInput
from simulator import config as simulator_config
from simulator import one_time
from simulator.sender import GaveUp

NOW = 1_790_000_000.0


class Platform:
    """What is sent, instead of a sender; `rejected` as that has it."""

    def __init__(self, away_after: int = 1_000_000) -> None:
        self.scored: list[dict[str, Any]] = []
        self.events_sent: list[dict[str, Any]] = []
        self.rejected = 0
        self._left = away_after

    def score(self, body: dict[str, Any]) -> dict[str, Any]:
        if len(self.scored) == self._left:
            raise GaveUp("scoring is away")
        self.scored.append(body)
        return {"decision": "BLOCKED" if len(self.scored) % 5 == 0 else "APPROVED"}

    def events(self, found: list[dict[str, Any]]) -> None:
        self.events_sent += found


def send(platform: Platform, number: int) -> tuple[int, list[str]]:
    told: list[str] = []
    known = simulator_config.load(settings.load({}))
    return one_time.send(platform, known, number, NOW, told.append), told  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [1, 50, 700])
def test_so_many_are_sent_now(number: int) -> None:
    platform = Platform()
    code, told = send(platform, number)
    blocked = number // 5
    assert code == 0
    assert len({body["transaction_id"] for body in platform.scored}) == number
    assert {body["timestamp"] for body in platform.scored} == {NOW}
    assert len(platform.events_sent) == number - blocked
    assert told[-1].startswith(f"{number} predictions: ")


def test_a_number_that_is_none_is_refused_and_a_peer_that_is_away_said() -> None:
    for number in (0, -1, one_time.MOST + 1):
        with pytest.raises(BadInput):
            send(Platform(), number)
    code, told = send(Platform(away_after=3), 10)
    assert (code, told) == (1, ["scoring is away"])
