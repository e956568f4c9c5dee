"""pool-exhausted: the API's pool of database connections runs out for eight seconds of every twelve, while it is asked.

Whoever asks then waits five seconds for a connection, and gets a 503: the page Database shows the waits and time-outs,
and the rules for errors and durations of requests fire.
"""

import threading
from collections.abc import Callable

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import Settings
from simulator.scenario import Happening, Moment, Scenario

DRILL = "/api/v1/drills/pool"
HELD_SECONDS, EVERY_SECONDS = 8.0, 12.0
READS = ("/api/v1/threats", "/api/v1/account-locks", "/api/v1/incidents/none")
READERS = 6
_stop = threading.Event()


def happen(moment: Moment) -> Happening:
    """Nothing is reported: the API's own requests are."""
    return Happening()


def begin(settings: Settings, seconds: float) -> None:
    """Ask for the first drill. Raises HttpUnavailable, also where the API knows no drills."""
    _stop.clear()
    answer = _client(settings).post_json(DRILL, {"seconds": HELD_SECONDS})
    if answer.status != 200:
        raise HttpUnavailable(f"the monitoring API answered {answer.status}: drills are for development only")
    threading.Thread(target=_again, args=(settings,), daemon=True).start()
    for number in range(READERS):
        threading.Thread(target=_read, args=(settings, READS[number % len(READS)]), daemon=True).start()


def finish(settings: Settings) -> None:
    """No further drill is asked for; the one under way ends by itself."""
    _stop.set()


def _again(settings: Settings) -> None:
    client = _client(settings)
    while not _stop.wait(EVERY_SECONDS):
        _whatever(lambda: client.post_json(DRILL, {"seconds": HELD_SECONDS}))


def _read(settings: Settings, path: str) -> None:
    client = _client(settings)
    while not _stop.wait(0.5):
        _whatever(lambda: client.get(path))


def _whatever(ask: Callable[[], object]) -> None:
    try:
        ask()
    except HttpUnavailable:
        return


def _client(settings: Settings) -> HttpClient:
    return HttpClient(settings.api_url, timeout=10.0, token=settings.own_token)


SCENARIO = Scenario("the API's database connections run out", happen, begin, finish)
