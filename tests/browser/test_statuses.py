"""The page Statuses in a browser: charts are drawn, an operator's word is kept, and nothing is wider than a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from tests.browser.accessible import faults
from tests.browser.desk import Desk
from tests.integration.statuses import story

pytestmark = pytest.mark.browser


class Payments(Desk):
    """A desk at which payments are watched."""

    def open(self, query: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}statuses{query}")
        expect(self.page.locator("#page h1:visible")).to_have_count(1)
        expect(self.page.locator("#against")).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database) -> type[Payments]:
    """Beside an incident that goes on."""
    now = time.time()
    story.put(db, story.rows(now), now)
    story.judge(db, now)
    return Payments


def test_an_episode_is_seen_judged_and_opened(desk: Payments) -> None:
    page = desk.open("?range=1h")
    assert page.locator("[data-figure] .main-svg").count() >= 3
    episode = page.locator("#open-episodes section")
    expect(episode).to_contain_text(re.compile(r"Denied [\d.]+ × usual"))
    episode.get_by_role("button", name="Was right").click()
    expect(episode.locator(".chip", has_text="Was right")).to_be_visible()
    assert desk.value("SELECT judgement FROM status_episodes") == "right"
    page.click("#range >> text=15m")
    page.wait_for_url(re.compile("range=15m"))
    page.locator("#open-episodes section >> text=Details").click()
    expect(page.locator("#moved-chart .main-svg").first).to_be_visible()
    assert all(host.startswith("127.0.0.1:") for host in desk.hosts)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


def test_the_range_is_that_of_the_bar(desk: Payments) -> None:
    page = desk.open("?source=shop&range=7d")
    expect(page.locator("[data-range='7d']")).to_have_attribute("aria-pressed", "true")
    seen = page.locator("#chart-counts").get_attribute("data-figure")
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile("source=shop&range=15m$"))
    expect(page.locator("[data-range='15m']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chart-counts")).not_to_have_attribute("data-figure", seen or "")
    page.locator("nav a[data-page=live]").click()
    expect(page).to_have_url(re.compile("range=15m$"))
    expect(page.locator("[data-range='7d']")).to_be_hidden()
    page.go_back()
    expect(page.locator("#against")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-range='7d']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chart-counts")).to_have_attribute("data-figure", re.compile("."))
    page.click("#custom")
    page.fill("#span-from", "2030-01-01T00:00:00")
    page.fill("#span-to", "2030-01-01T03:00:00")
    page.locator("#span-dialog").get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("from=2030-01-01T00%3A00%3A00.000Z&to=2030-01-01T03%3A00%3A00.000Z"))
    expect(page.locator("#custom")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Payments) -> None:
    page = desk.open()
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing scrolls sideways"
