"""rpc-slow: the Smart Contract RPC answers in 850 ms instead of its usual 200 or less (H1)."""

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import Settings
from simulator.scenario import Happening, Moment, Scenario

LATENCY_MS = 850.0


def happen(moment: Moment) -> Happening:
    """Nothing is sent: the probes feel it."""
    return Happening()


def begin(settings: Settings, seconds: float) -> None:
    """Turn the emulated RPC's latency up; it ends by itself should this process die. Raises HttpUnavailable."""
    _control(settings, {"latency_ms": LATENCY_MS, "seconds": seconds})


def finish(settings: Settings) -> None:
    """Turn it down again."""
    try:
        _control(settings, {"latency_ms": None})
    except HttpUnavailable:
        return


def _control(settings: Settings, order: dict[str, float | None]) -> None:
    answer = HttpClient(settings.rpc_url, timeout=3.0).post_json("/control", order)
    if answer.status != 200:
        raise HttpUnavailable(f"the emulated RPC responded {answer.status}")


SCENARIO = Scenario("the Smart Contract RPC is slow", happen, begin, finish)
