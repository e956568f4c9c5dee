"""The pages Processes, Overhead and Storage in a browser: charts are drawn, an archive is asked for."""

import time

import pytest
from playwright.sync_api import Page, expect

from core.db import storage_sizes
from core.db.engine import Database
from core.events.performance.process import Process
from core.events.types import Event
from core.pipeline.writer import Writer
from tests import endpoint_world as world
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser
PAGES = ("processes", "overhead", "storage")


class Watching(Desk):
    """A desk at which processes are watched."""

    def open(self, name: str, more: str = "") -> Page:
        """Go to a page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}performance/{name}{more}")
        expect(self.page.locator("#figures")).to_be_visible()
        return self.drawn()


def reports(now: float) -> list[Event]:
    """Two hours of three services; one process ended."""
    found: list[Event] = []
    for place, (service, pid) in enumerate([("api", 11), ("api", 12), ("console", 21), ("collector", 31)]):
        for n in range(100 if pid == 12 else 0, 240):
            wave = 1 + (n // 20 + place) % 5
            found.append(
                Process(
                    id=f"{pid}-{n}",
                    timestamp=now - 30 * n,
                    service=service,
                    version="4.18.0",
                    host="web-1",
                    pid=pid,
                    worker=f"{place + 1}" if service != "collector" else "",
                    started=now - 90_000,
                    seconds=30.0,
                    cpu_seconds=2.0 * wave,
                    overhead_seconds=0.05 * wave,
                    memory=180_000_000 + 9_000_000 * wave,
                    threads=14,
                    files=60 + n % 7,
                    collections=3,
                    pause_seconds=0.02,
                    requests=200 * wave,
                    busy_seconds=9.0 * wave,
                    capacity=8,
                    wait_seconds=0.4 * wave,
                    wait_max=0.02 * wave,
                    records=50,
                    record_seconds=50 * 4e-6,
                    fold_seconds=200 * wave * 8e-6,
                    host_cpu=0.1 * wave,
                    host_memory=0.55,
                    host_disk=0.31,
                    published={"request": 40, "endpoint": 6},
                    ended=pid == 12 and n == 100,
                    published_bytes={"request": 9000, "endpoint": 2500},
                    dropped={"gatehouse_x_dropped_total": 1},
                )
            )
    return found


@pytest.fixture
def desk_kind(db: Database, database_url: str) -> type[Watching]:
    """With two hours of three services."""
    now = time.time()
    world.store(database_url, world.hits(3000, now - 10 * 86_400, now), 2, now, twice=False)
    Writer(db, 0.7).store(reports(now), now)
    storage_sizes.measure(db, now)
    return Watching


def test_from_performance_to_a_service_and_to_an_archive(desk: Watching) -> None:
    desk.page.goto(f"{desk.url}performance?range=6h")
    desk.page.get_by_role("link", name="Processes").click()
    desk.page.wait_for_url("**/performance/processes?range=6h")
    expect(desk.page.locator("#table tbody tr")).to_have_count(4)
    expect(desk.page.locator("#table tbody tr").last).to_contain_text("Ended")
    desk.page.select_option("#f-service", "api")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.locator("#table tbody tr")).to_have_count(2)
    page = desk.open("storage")
    page.select_option("#form-storage_archive select[name=kind]", "requests")
    page.fill("#form-storage_archive input[name=before]", "soon")
    page.click("#submit-storage_archive")
    expect(page.locator("#form-storage_archive")).to_contain_text("Write a day as")
    page.fill("#form-storage_archive input[name=before]", "2026-01-31")
    page.click("#submit-storage_archive")
    expect(page.locator("#jobs")).to_contain_text("Queued")
    assert desk.value("SELECT kind FROM jobs") == "archive"
    bad = [text for text in desk.complaints if "GL Driver" not in text and "400" not in text]
    assert bad == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_they_are_accessible_and_fit_on_a_phone(desk: Watching) -> None:
    for name in PAGES:
        page = desk.open(name, "?range=6h" if name != "storage" else "")
        for look in looks(page, ("dark", 1440), ("light", 390)):
            assert faults(page) == [], (name, look)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} scrolls sideways in {look}"
