"""Reports of processes on a real PostgreSQL: once whatever is sent again, hours are their sums, and all is bounded."""

from typing import Any

import pytest

from core.db.engine import Database
from core.events.endpoint_series import OTHER
from core.events.performance.process import Process
from core.pipeline import process_reports
from core.pipeline.writer import Writer
from tests import endpoint_world as world

NOW = 1_790_000_000.0
HOUR = NOW // 3600 * 3600


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7)


def report(key: str, at: float = HOUR + 60, **more: Any) -> Process:
    given = {
        "service": "api", "host": "web-1", "pid": 7, "started": HOUR - 100, "seconds": 30.0, "cpu_seconds": 3.0,
        "memory": 1000, "threads": 9, "files": 20, "requests": 4, "busy_seconds": 6.0, "capacity": 8,
        "wait_seconds": 0.4, "wait_max": 0.3, "host_cpu": 0.5, "host_memory": 0.25, "host_disk": 0.75,
    } | more  # fmt: skip
    return Process(id=key, timestamp=at, **given)  # type: ignore[arg-type]


def test_a_report_counts_once_and_its_hour_is_the_sum(db: Database, writer: Writer) -> None:
    reports = [report(f"{n}", HOUR + 30 * n, memory=1000 + n, wait_max=0.1 * (n % 3)) for n in range(1, 30)]
    writer.store([*reports, reports[0]], NOW)
    writer.store(list(reports[:5]), NOW)
    columns = "sum(seconds), sum(cpu_seconds), sum(requests), sum(busy_seconds)"
    assert world.asked(db, f"SELECT count(*), {columns} FROM process_samples") == [(29, 870.0, 87.0, 116, 174.0)]
    ((*sums, memory, highest, wait, cpu),) = world.asked(
        db, f"SELECT {columns}, sum(memory_seconds), max(memory_max), max(wait_max), sum(host_cpu_seconds)"
        " FROM process_hours WHERE timestamp = to_timestamp(%s)", HOUR,
    )  # fmt: skip
    assert (sums, highest, cpu) == ([870.0, 87.0, 116, 174.0], 1029, 435.0)
    assert wait == pytest.approx(0.2)
    assert memory == pytest.approx(30 * sum(1000 + n for n in range(1, 30)))


def test_a_process_that_ended_stays_so_and_another_of_its_number_is_another(db: Database, writer: Writer) -> None:
    writer.store([report("a"), report("b", HOUR + 90, ended=True), report("c", HOUR + 70)], NOW)
    writer.store([report("d", HOUR + 80), report("e", HOUR + 200, started=HOUR + 100.25)], NOW)
    assert world.asked(db, "SELECT pid, ended, extract(epoch FROM seen)::int FROM processes ORDER BY id") == [
        (7, True, int(HOUR) + 90), (7, False, int(HOUR) + 200),
    ]  # fmt: skip


def test_what_is_beyond_is_one_process(db: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_reports.put, "__defaults__", (3,))
    monkeypatch.setattr(process_reports, "MOST_SERVICES", 2)
    writer.store([report(f"{n}", pid=n, version="v1") for n in range(10)], NOW)
    rows = world.asked(db, "SELECT host, pid, version FROM processes ORDER BY pid DESC, host")
    assert rows == [("web-1", 2, "v1"), ("web-1", 1, "v1"), (OTHER, 0, ""), ("web-1", 0, "v1")]
    assert world.asked(db, "SELECT memory, threads FROM process_samples ORDER BY memory DESC LIMIT 1") == [(7000, 63)]
    writer.store([report(f"s{n}", service=f"s{n}", sender="token:t") for n in range(4)], NOW)
    services = {row[0] for row in world.asked(db, "SELECT service FROM processes")}
    assert services == {"api", "s0", OTHER}


def test_what_was_published_and_dropped_adds_up_by_the_day(db: Database, writer: Writer) -> None:
    own = {"published": {"request": 5}, "published_bytes": {"request": 900}, "dropped": {"x_dropped_total": 2}}
    writer.store([report("a", **own), report("b", HOUR + 90, **own)], NOW)
    writer.store([report("c", sender="token:t", service="shop", **own)], NOW)
    found = world.asked(db, "SELECT service, is_drop, what, number, bytes FROM monitoring_days ORDER BY is_drop")
    assert found == [("api", False, "request", 10, 1800), ("api", True, "x_dropped_total", 4, 0)]
