"""Requests and security events are events that the product takes, the same in every run."""

import pytest

from core import codec
from core.clock import now
from core.events import types as events
from core.policy import Policy
from core.settings import load
from simulator import config as simulator_config
from simulator import labels, live, requests, security, traffic
from simulator.traffic import HOUR

CONFIG = simulator_config.load(load({}))
POLICY = Policy(1, "normal", 0.6, 0.4, 0.7)


@pytest.mark.parametrize("source", [requests, security])
def test_the_same_time_gives_the_same_events(source: object) -> None:
    end = now()
    first = list(source.between(end - 90, end, CONFIG))  # type: ignore[attr-defined]
    assert first == list(source.between(end - 90, end, CONFIG))  # type: ignore[attr-defined]
    assert len({event["id"] for event in first}) == len(first)


def test_all_that_is_sent_is_taken() -> None:
    end = now()
    number = int(end // HOUR) - 1
    sent = [
        *requests.between(end - 60, end, CONFIG),
        *security.hour(number, CONFIG),
        live.heartbeat(end),
        *(event for due, _, event in labels.of_hour(number, CONFIG) if due < end),
        *(item.to_event() for item in traffic.hour(number, CONFIG)),
    ]
    good, bad = events.parse(codec.encode(sent), end, POLICY, sender="token:t", most=len(sent))
    assert not bad
    assert len(good) == len(sent)
