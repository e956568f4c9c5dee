"""A history as rows, and how they are sent: in batches with keys, at a pace, again while nobody takes them."""

import argparse
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from core.errors import BadInput, HttpUnavailable
from core.http import HttpClient, HttpResponse
from core.retrying_client import GaveUp, RetryingClient
from core.statuses.history import History
from statuses import arguments, replay
from statuses.replay import Replay

COUNTS = np.array([[5.0, 0.0, np.nan, 3.0], [0.0, 0.0, np.nan, 2.5]])
HISTORY = History("f.csv", ("approved", "denied"), 100, COUNTS)
CODES = History("c.csv", ("00",), 103, np.array([[4.0]]))


class Peer:
    """Answers requests as it is told, then takes everything."""

    base_url = "http://peer"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[str, list[dict[str, Any]]]] = []

    def post_json(self, path: str, value: Any, headers: dict[str, str]) -> HttpResponse:
        self.seen.append((headers["Idempotency-Key"], list(value)))
        answer = self.answers.pop(0) if self.answers else (200, {"accepted": len(value), "rejected": [], "rows": []})
        if isinstance(answer, Exception):
            raise answer
        return HttpResponse(answer[0], {}, json.dumps(answer[1]).encode())


def sender(peer: Peer, speed: float | None = None, patience: float = 60.0) -> tuple[Replay, list[str], list[float]]:
    told: list[str] = []
    slept: list[float] = []
    client = RetryingClient(cast(HttpClient, peer), patience, told.append, lambda _: False)
    return Replay(client, speed, told.append, slept.append), told, slept


def test_what_is_not_named_was_zero_and_what_was_not_reported_is_not_sent() -> None:
    found = [tuple(row.values()) for row in replay.rows([(HISTORY, "status"), (CODES, "auth_code")], "shop", 7)]
    assert found == [
        (107 * 60, "approved", 5.0, "shop"),
        (108 * 60, "approved", 0.0, "shop"),
        (110 * 60, "approved", 3.0, "shop"),
        (110 * 60, "denied", 2.5, "shop"),
        (110 * 60, "00", 4.0, "shop"),
    ]


def test_the_last_minute_becomes_this_one() -> None:
    assert 103 + replay.shift_to([HISTORY, CODES], 9000 * 60 + 59.0) == 9000


def test_times_without_a_date_must_be_moved() -> None:
    clocks = History("f.csv", ("x",), 0, np.array([[1.0]]), dated=False)
    with pytest.raises(BadInput, match="shift-to-now"):
        replay.check([clocks], shifted=False)
    replay.check([clocks], shifted=True)


def test_a_batch_is_repeated_with_its_key_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "BATCH", 2)
    peer = Peer(HttpUnavailable("gone"), (503, {}))
    replaying, told, _ = sender(peer)
    assert replaying.run(replay.rows([(HISTORY, "status")], "shop")).accepted == 4
    assert [len(batch) for _, batch in peer.seen] == [2, 2, 2, 2]
    assert len({key for key, _ in peer.seen[:3]}) == 1
    assert peer.seen[3][0] != peer.seen[0][0]
    assert "back" in told[-1]


def test_what_is_rejected_is_counted_and_named_once() -> None:
    row = {"index": 3, "field": "$.count", "reason": "expected a whole number, not 2.5"}
    peer = Peer((200, {"accepted": 3, "rejected": [row], "rows": [{"recommendation": "alert"}]}))
    replaying, told, _ = sender(peer)
    sent = replaying.run(replay.rows([(HISTORY, "status")], "shop"))
    assert (sent.accepted, sent.rejected, sent.alerts) == (3, 1, 1)
    assert "2.5" in told[0]


def test_it_gives_up_when_it_is_turned_away_or_out_of_patience() -> None:
    for peer, patience in ((Peer((403, {"detail": "lacks the scope ingest"})), 60.0), (Peer((503, {})), 0.0)):
        with pytest.raises(GaveUp):
            sender(peer, patience=patience)[0].run(replay.rows([(HISTORY, "status")], "shop"))


def test_a_pace_waits_between_minutes() -> None:
    peer = Peer()
    replaying, _, slept = sender(peer, speed=60.0)
    replaying.run(replay.rows([(HISTORY, "status")], "shop"))
    assert [len(batch) for _, batch in peer.seen] == [1, 1, 2]
    assert slept == [pytest.approx(1, abs=0.3), pytest.approx(3, abs=0.3)]


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "fast"])
def test_a_speed_is_max_or_a_number(wrong: str) -> None:
    assert (replay.speed("max"), replay.speed("60")) == (None, 60.0)
    with pytest.raises(BadInput):
        replay.speed(wrong)


def test_the_command_has_its_arguments() -> None:
    parser = argparse.ArgumentParser()
    arguments.replay(parser)
    found = parser.parse_args(["f.csv", "--codes", "c.csv", "--at-now", "--speed", "10"])
    assert (found.file, found.codes, found.shift, found.source) == (Path("f.csv"), Path("c.csv"), True, "default")
