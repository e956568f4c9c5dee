"""The recorder: sums are right under threads, and a scrape takes nothing away from the listeners."""

from threading import Thread

from core.web.metrics import Metrics
from core.web.recorder import RequestRecorder
from core.web.request_batch import RequestRecord

SEEN = RequestRecord(1_700_000_000.0, 0.002, "view", "GET", 200, "192.0.2.1", "/a", 10, None)


def test_a_scrape_between_two_ticks_loses_no_event() -> None:
    recorder = RequestRecorder(Metrics())
    told: list[RequestRecord] = []
    recorder.listeners.append(told.extend)
    recorder.append(tuple(SEEN))
    families = recorder.families()
    assert families["gatehouse_http_requests_total"]["cells"] == [(["view", "GET", "200"], 1)]
    recorder.append(tuple(SEEN))
    recorder.tick()
    recorder.tick()
    assert told == [SEEN, SEEN]


def test_threads_lose_no_count() -> None:
    recorder = RequestRecorder(Metrics())
    threads = [Thread(target=lambda: [recorder.append(tuple(SEEN)) for _ in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        recorder.fold()
    recorder.fold()
    assert recorder.metrics.snapshot()["gatehouse_http_requests_total"]["cells"][0][1] == 8000
