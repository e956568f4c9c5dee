"""The page Processes on the real monitoring API: a row each process, those that ended last, bounded and safe."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from api.processes import overview
from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.process import Process
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
STARTED = time.time() - 86_400


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def report(at: float, pid: int, **more: Any) -> Process:
    given = {
        "service": "api", "version": "v7", "host": "web-1", "started": STARTED, "seconds": 30.0,
        "cpu_seconds": 15.0, "memory": 200_000_000, "threads": 12, "files": 33, "requests": 100, "busy_seconds": 24.0,
        "capacity": 8, "wait_seconds": 2.0, "wait_max": 0.25, "pause_seconds": 0.3, "host_cpu": 0.5,
        "host_memory": 0.4, "host_disk": 0.3,
    } | more  # fmt: skip
    return Process(id=f"{pid}-{at}-{given['service']}", timestamp=at, pid=pid, **given)  # type: ignore[arg-type]


@pytest.fixture
def told(app: App, db: Database) -> None:
    """Two hours of two workers of the API and a collector, one worker that ended, and one that fell silent."""
    now, writer = time.time(), Writer(db, normal_block_from=0.7)
    times = [now - 30 * n for n in range(240)]
    writer.store([report(at, pid, worker=f"{pid}") for at in times for pid in (11, 12)], now)
    idle = {"capacity": 0, "busy_seconds": 0.0, "requests": 0, "wait_seconds": 0.0, "wait_max": 0.0}
    writer.store([report(at, 20, service="collector", cpu_seconds=3.0, **idle) for at in times], now)
    writer.store([report(now - 600, 10, ended=True), report(now - 300, 9)], now)


def page(person: Person, path: str = "performance/processes", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_reports_it_says_so(person: Make) -> None:
    assert "No process reported in this range" in words(page(person("vic", "viewer")))


@pytest.mark.usefixtures("told")
def test_each_process_is_a_row_and_what_ended_comes_last(person: Make) -> None:
    shown = page(person("vic", "viewer"), "performance/processes?range=6h")
    rows = next(rows for at in range(12) if (rows := shown.rows(at)) and "apiv7" in rows[0])
    assert [(row[2], row[4]) for row in rows] == [
        ("Running", "11"), ("Running", "12"), ("Running", "20"), ("No report", "9"), ("Ended", "10"),
    ]  # fmt: skip
    first = dict(zip(("cpu", "memory", "threads", "files", "busy", "wait", "longest"), rows[0][7:], strict=False))
    assert (first["cpu"], first["threads"], first["files"], first["busy"]) == ("50.0 %", "12", "33", "10.0 %")
    assert (first["wait"], first["longest"]) == ("20 ms", "250 ms")
    told = words(shown)
    for part in ("CPU by service", "Memory by service", "Busy threads", "Longest queue wait", "CPU of the machine"):
        assert part in told
    alone = page(person("ann", "analyst"), "performance/processes?range=6h&service=collector")
    assert "CPU by process" in words(alone)
    assert "Ended" not in words(alone)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("length", [60, 120, 10_080])
def test_figures_are_the_same_of_reports_and_of_hours(db: Database, length: int) -> None:
    now = time.time()
    after = int(now // 60) + 1
    found = overview(db, "collector", (after - length, after), now)
    (line,) = found.lines
    used = [one.cpu for one in line.bins if one.cpu is not None]
    assert used == pytest.approx([0.1] * len(used), rel=1e-5)
    assert found.total.memory == pytest.approx(200_000_000, rel=1e-5)
    assert found.total.busy is None
    whole = overview(db, "", (after - length, after), now)
    assert whole.total.busy == pytest.approx(0.1, rel=0.02)
    assert whole.hosts[0].name == "web-1"
    assert [one for one in whole.hosts[0].cpu if one is not None] == pytest.approx(
        [0.5] * sum(one is not None for one in whole.hosts[0].cpu)
    )


def test_names_from_outside_are_only_text(person: Make, db: Database) -> None:
    now = time.time()
    odd = report(now, 5, service="<b>shop", host="<img src=x>\u202e", version="<i>v", worker="<u>1", sender="token:t")
    Writer(db, normal_block_from=0.7).store([odd], now)
    answer = document(person("vic", "viewer").client.get(f"{PREFIX}performance/processes"))["content"]
    for bad in ("<b>shop", "<img", "<i>v", "<u>1"):
        assert bad not in answer
    assert "\u202e" not in Shown(answer).text


def test_what_cannot_be_reached_is_said(person: Make, inside: Inside) -> None:
    inside.status = 503
    assert "PostgreSQL cannot be reached." in words(page(person("vic", "viewer")))
