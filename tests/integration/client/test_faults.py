"""Whatever becomes of the server: the application's answers are unharmed, memory is bounded, every loss is counted."""

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from gatehouse_client import batch
from gatehouse_client import reporter as reporting
from gatehouse_client.reporter import Reporter, Source

from stack.ports import find_free
from tests.client_apps.serving import serving
from tests.collecting import TOKEN, Collector, collecting
from tests.tree import ROOT
from tests.waiting import until

FAILING = ("500", "garbage", "html", "busy", "redirect", "deaf")
MOST_BYTES = 10 * 1024 * 1024


@pytest.fixture
def found() -> Iterator[Collector]:
    """A server to send to."""
    with collecting() as collector:
        yield collector


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Makes a reporter without a thread and a source of it; the test's ticks are the thread's."""
    made: list[Reporter] = []

    def build(url: str) -> tuple[Reporter, Source]:
        reporter = Reporter(url, TOKEN, 0.1)
        reporter.running = True
        made.append(reporter)
        return reporter, reporter.source("shop", "")

    yield build
    for reporter in made:
        reporter.stop()


def at_once(reporter: Reporter) -> None:
    """The next try is due now."""
    reporter._not_before = 0.0


@pytest.mark.parametrize("mood", FAILING)
def test_what_failed_is_sent_again_and_counts_once(mood: str, found: Collector, make) -> None:
    reporter, source = make(found.url)
    found.mood = mood
    for number in range(10):
        source.add("/a", "GET", 200, "", 0.1)
        reporter.tick()
        if number % 3 == 0:
            at_once(reporter)
    status = reporter.status()
    assert status.problem
    assert (status.recorded, status.waiting, status.lost, status.faults) == (10, 10, 0, 0)
    found.mood = "well"
    at_once(reporter)
    reporter.tick()
    reporter.tick()
    assert found.hits() == reporter.status().delivered == 10
    assert (reporter.status().waiting, reporter.status().waiting_bytes, reporter.status().problem) == (0, 0, "")
    assert found.wrong == []  # no redirect was followed, no token shown elsewhere


def test_retry_after_is_obeyed_but_not_for_ever(found: Collector, make) -> None:
    reporter, source = make(found.url)
    found.mood = "busy"
    source.add("/a", "GET", 200, "", 0.1)
    reporter.tick()
    wait = reporter._not_before - time.monotonic()
    assert 30 < wait <= 60
    reporter.tick()
    assert found.requests == 1


def test_pauses_grow_and_are_bounded(found: Collector, make) -> None:
    reporter, source = make(found.url)
    found.mood = "500"
    source.add("/a", "GET", 200, "", 0.1)
    pauses = []
    for _ in range(12):
        at_once(reporter)
        reporter.tick()
        pauses.append(reporter._not_before - time.monotonic())
    assert pauses[0] <= 1.0
    assert 25.0 < pauses[-1] <= reporting.LONGEST_PAUSE
    assert len({round(pause, 3) for pause in pauses[-4:]}) > 1  # never all at once


def test_a_server_that_never_answers_holds_nobody_but_the_thread(
    found: Collector, make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "TIMEOUT", 0.3)
    reporter, source = make(found.url)
    found.mood = "silent"
    source.add("/a", "GET", 200, "", 0.1)
    reporter.tick()
    assert "timed out" in reporter.status().problem
    assert reporter.status().waiting == 1


def test_what_is_refused_for_good_is_lost_and_told(found: Collector, make) -> None:
    reporter, source = make(found.url)
    found.mood = "refuses"
    for _ in range(4):
        source.add("/a", "GET", 200, "", 0.1)
    reporter.tick()
    assert (reporter.status().lost, reporter.status().waiting) == (4, 0)
    found.mood = "well"
    source.add("/b", "GET", 200, "", 0.1)
    reporter.tick()
    assert (found.hits(), found.lost()) == (1, 4)
    source.add("/b", "GET", 200, "", 0.1)
    reporter.tick()
    assert (found.hits(), found.lost()) == (2, 4)  # told once


def test_what_could_not_even_be_packed_is_lost_and_told(
    found: Collector, make, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, source = make(found.url)
    source.add("/a", "GET", 200, "", 0.1)

    def no_memory(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(batch, "pack", no_memory)
        with pytest.raises(MemoryError):
            reporter.tick()
    reporter.tick()
    assert (reporter.status().recorded, reporter.status().lost, found.lost()) == (1, 1, 1)


def test_an_event_that_is_rejected_alone_is_lost_alone(found: Collector, make) -> None:
    reporter, source = make(found.url)
    found.mood = "partly"
    for route in ("/a", "/b", "/b"):
        source.add(route, "GET", 200, "", 0.1)
    reporter.tick()
    status = reporter.status()
    assert (status.delivered, status.lost, status.problem) == (2, 1, "HTTP 202: $.route no")


def test_an_hour_away_keeps_ten_megabytes_at_most_and_counts_what_it_lost(make) -> None:
    """600 routes with durations of all kinds, and nobody there."""
    port = find_free()
    reporter, source = make(f"http://127.0.0.1:{port}")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    sent = 0
    for tick in range(240):
        for number in range(700):
            fits = source.fold.add(
                29_000_000 + tick // 4, f"/route/{number % 600}", "GET", 200, "", 1.02 ** ((sent * 7) % 900 - 500)
            )
            sent += 1
            if not fits:
                reporter.refuse()
        reporter.tick()
    grown, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    status = reporter.status()
    print(f"kept {(grown - before) / 1e6:.2f} MB, at most {(peak - before) / 1e6:.2f} MB, {status}")
    assert peak - before < MOST_BYTES
    assert status.lost > 0
    assert status.recorded == sent == status.waiting + status.lost
    with collecting(port) as found:
        at_once(reporter)
        source.add("/after", "GET", 200, "", 0.1)
        until(lambda: not reporter.status().waiting and found.lost(), look=reporter.tick)
        done = reporter.status()
        assert (done.waiting, found.hits()) == (0, done.delivered)
        assert found.lost() == done.lost == status.lost
        assert found.hits() + found.lost() == sent + 1


@pytest.mark.parametrize("mood", ["away", "silent", "500", "garbage", "busy"])
def test_the_application_is_unharmed(mood: str, tmp_path: Path) -> None:
    """Under gunicorn, while the server fails; what waits arrives once it is back."""
    with collecting() as found:
        found.mood = mood
        url = f"http://127.0.0.1:{find_free()}" if mood == "away" else found.url
        with serving("gunicorn", "flask_app:app", url, tmp_path, "--workers", "1") as served:
            for number in range(200):
                assert served.call("GET", f"/items/{number}").data == f"item {number}".encode()
            assert until(lambda: mood == "away" or found.requests)
            status = served.call("GET", "/status").json()
            assert (status["recorded"], status["lost"], status["faults"]) == (200, 0, 0)
            assert status["waiting"] == 200
            found.mood = "well"
            assert served.stop() == 0
        assert found.hits() in {"away": (0,), "silent": (0, 201)}.get(mood, (201,))


def test_forked_workers_send_their_own_and_nobody_sends_twice(tmp_path: Path) -> None:
    script = """
import os, gatehouse_client
app = gatehouse_client.bind(lambda e, s: (s("200 OK", []), [b""])[1], service="fork", interval=0.1,
                            route=lambda e: e["PATH_INFO"])
def call(path, times):
    for _ in range(times):
        app({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *_: None)
call("/before", 3)
children = []
for number in range(3):
    if not (pid := os.fork()):
        call(f"/child/{number}", 5)
        grand = os.fork()
        if not grand:
            call("/grand", 2)
            raise SystemExit
        os.waitpid(grand, 0)
        raise SystemExit
    children.append(pid)
call("/after", 4)
for pid in children:
    os.waitpid(pid, 0)
"""
    with collecting() as found:
        assert run(script, found.url, tmp_path) == 0
        assert {route: hits for (route, *_), hits in found.series().items()} == {
            "/before": 3, "/after": 4, "/child/0": 5, "/child/1": 5, "/child/2": 5, "/grand": 6,
        }  # fmt: skip
        assert len(set(found.keys)) == len(found.keys)


EXITING = """
import gatehouse_client
app = gatehouse_client.bind(lambda e, s: (s("200 OK", []), [b""])[1], service="exit", interval=60)
for _ in range(9):
    app({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *_: None)
"""


def test_the_last_requests_are_sent_when_the_interpreter_ends(tmp_path: Path) -> None:
    with collecting() as found:
        assert run(EXITING, found.url, tmp_path) == 0
        assert found.hits() == 9


@pytest.mark.parametrize("mood", ["silent", "busy", "500"])
def test_the_end_of_the_interpreter_does_not_wait_for_a_server_that_fails(mood: str, tmp_path: Path) -> None:
    """The server would hold it for a minute."""
    with collecting() as found:
        found.mood = mood
        assert run(EXITING, found.url, tmp_path) == 0


def test_without_an_address_the_application_serves_as_it_is(tmp_path: Path) -> None:
    script = "import gatehouse_client\napp = object()\nassert gatehouse_client.bind(app) is app"
    assert run(script, "", tmp_path) == 0
    assert "nothing is recorded" in (tmp_path / "log").read_text()


def run(script: str, url: str, folder: Path) -> int:
    """The exit code of a Python of its own; one that hangs fails."""
    env = {"PYTHONPATH": str(ROOT / "client"), "GATEHOUSE_URL": url, "GATEHOUSE_TOKEN": TOKEN}
    with (folder / "log").open("wb") as log:
        return subprocess.run([sys.executable, "-c", script], env=env, stderr=log, timeout=30, check=False).returncode
