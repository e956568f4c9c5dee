"""The pages Performance and Endpoint in a browser: charts are drawn, the table sorts, a click leads to an endpoint."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from collector import endpoint_rollup
from core.db.engine import Database
from tests import endpoint_world as world
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser
ONE = "/endpoint?service=shop&route=%2Fpay&method=POST"


class Watching(Desk):
    """A desk at which endpoints are watched."""

    def open(self, more: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}performance{more}")
        expect(self.page.locator("#requests")).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database, database_url: str) -> type[Watching]:
    """With ten days of requests."""
    now = time.time()
    world.store(database_url, world.hits(6000, now - 10 * 86_400, now), 2, now, twice=False)
    while endpoint_rollup.run(db, now):
        pass
    return Watching


def test_from_the_list_to_an_endpoint_and_back(desk: Watching) -> None:
    page = desk.open("?range=7d")
    rows = page.locator("#endpoints tbody tr")
    expect(rows.filter(has_text="shop")).to_have_count(4)
    head = page.locator("#endpoints th button", has_text="p95")
    head.click()
    expect(rows.first).to_contain_text("/pay")
    head.click()
    expect(rows.first).to_contain_text("/health")
    page.fill("#endpoints [data-search]", "cart POST")
    expect(rows).to_have_count(1)
    page.fill("#endpoints [data-search]", "")
    rows.filter(has_text="/pay").get_by_role("link").click()
    page.wait_for_url(re.compile("performance/endpoint.*range=7d"))
    expect(page.locator("h1:visible")).to_have_text("POST /pay")
    expect(page.locator("#durations .main-svg").first).to_be_visible()
    expect(page.locator("#versions tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Performance").last.click()
    page.wait_for_url(re.compile(r"performance\?range=7d"))
    page.select_option("#f-method", "GET")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("method=GET"))
    expect(rows).to_have_count(2)
    assert all(host.startswith("127.0.0.1:") for host in desk.hosts)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


def test_the_range_is_that_of_the_bar(desk: Watching) -> None:
    page = desk.open("?service=shop&range=90d")
    expect(page.locator("[data-range='90d']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-range='15m']")).to_be_hidden()
    page.click("#range >> text=24h")
    expect(page).to_have_url(re.compile("service=shop&range=24h$"))
    expect(page.locator("#requests")).to_contain_text("bins of")
    page.keyboard.press("1")  # the first that this page offers
    expect(page).to_have_url(re.compile("service=shop$"))
    expect(page.locator("[data-range='1h']")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Watching) -> None:
    for more in ("", ONE):
        page = desk.open(more)
        for look in looks(page, ("light", 390), ("dark", 1440)):
            assert faults(page) == [], (more, look)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{more} scrolls sideways in {look}"
