"""What cannot be stored waits with its ids, in order; the oldest go first, and are counted."""

from core.errors import RedisUnavailable
from core.events.types import Event, Heartbeat
from core.web.metrics import Metrics
from core.web.waiting_events import WaitingEvents


def test_they_wait_for_a_better_time() -> None:
    stored: list[list[str]] = []
    away = [True]

    def publish(events: list[Event]) -> None:
        if away[0]:
            raise RedisUnavailable("away")
        stored.append([str(event.id) for event in events])

    dropped = Metrics().counter("dropped_total", "Dropped.")
    waiting = WaitingEvents("events", 3, publish, dropped)
    waiting.put([])
    for name in "abcde":
        waiting.put([Heartbeat(id=name, timestamp=1.0, service="x")])
    assert stored == []
    away[0] = False
    waiting.put([])
    waiting.put([])
    assert stored == [["c", "d", "e"]]
    assert [value for _, value in dropped.snapshot()["cells"]] == [2]
