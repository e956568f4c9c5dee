"""Plays pieces of a scenario without a product, and checks that the product would take what they bring."""

import numpy as np

from core import codec
from core.clock import now
from core.events import types as events
from core.policy import Policy
from core.settings import load
from simulator import config as simulator_config
from simulator.scenario import Happening, Moment, scenarios

CONFIG = simulator_config.load(load({}))


def pieces(name: str, seconds: int = 60) -> list[Happening]:
    """One piece a second, as the runner makes them; every event is valid, every key unique, every time in its piece."""
    rng = np.random.default_rng(1)
    start = now() - seconds
    happen = scenarios()[name].happen
    found = [happen(Moment(rng, start + i, start + i + 1, float(i), f"test-{i}", CONFIG)) for i in range(seconds)]
    sent = [event for piece in found for event in piece.events]
    if sent:
        good, bad = events.parse(
            codec.encode(sent), now(), Policy(1, "normal", 0.6, 0.4, 0.7), sender="token:t", most=len(sent)
        )
        assert not bad
        assert len({event.id for event in good}) == len(sent)
    for i, piece in enumerate(found):
        times = [event["timestamp"] for event in piece.events] + [item.when for item in piece.transactions]
        assert all(start + i - 0.001 <= when <= start + i + 1.001 for when in times)
    return found
