"""rpc-slow: the Smart Contract RPC answers in 850 ms instead of its usual 200 or less (H1)."""

from core.errors import HttpUnavailable
from core.settings import Settings
from simulator import rpc
from simulator.scenario import Happening, Moment, Scenario

LATENCY_MS = 850.0


def happen(moment: Moment) -> Happening:
    """Nothing is sent: the probes feel it."""
    return Happening()


def begin(settings: Settings, seconds: float) -> None:
    """Turn the emulated RPC's latency up; it ends by itself should this process die. Raises HttpUnavailable."""
    rpc.control(settings, {"latency_ms": LATENCY_MS, "seconds": seconds})


def finish(settings: Settings) -> None:
    """Turn it down again."""
    try:
        rpc.control(settings, {"latency_ms": None})
    except HttpUnavailable:
        return


SCENARIO = Scenario("the Smart Contract RPC is slow", happen, begin, finish)
