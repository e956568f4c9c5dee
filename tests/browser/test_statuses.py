"""The page Statuses in a browser: charts are drawn, an operator's word is kept, and nothing is wider than a phone."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.db.engine import Database
from stack.redis import Redis
from tests.browser.accessible import faults
from tests.browser.desk import USUAL, Desk, at_desk
from tests.integration.statuses import story

pytestmark = pytest.mark.browser


class Payments(Desk):
    """A desk at which payments are watched."""

    def open(self, query: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}statuses{query}")
        expect(self.page.locator("#page h1:visible")).to_have_count(1)
        expect(self.page.locator("#against")).to_be_visible()
        expect(self.page.locator("[data-figure]:not(:has(.main-svg))")).to_have_count(0)
        return self.page


@pytest.fixture
def desk(
    browser: Browser, redis_server: Redis, database_url: str, db: Database, tmp_path: Path, request: Any
) -> Iterator[Payments]:
    """Beside an incident that goes on; in dark colours, 1440 wide, unless the test's parameter says otherwise."""
    redis_server.run("flushall")
    now = time.time()
    story.put(db, story.rows(now), now)
    story.judge(db, now)
    look = getattr(request, "param", USUAL)
    with at_desk(Payments, browser, redis_server.url(), database_url, db, tmp_path, look) as made:
        yield made


def test_an_episode_is_seen_judged_and_opened(desk: Payments) -> None:
    page = desk.open("?range=1h")
    assert page.locator("[data-figure] .main-svg").count() >= 3
    episode = page.locator("#open-episodes section")
    expect(episode).to_contain_text(re.compile(r"Denied [\d.]+ × usual"))
    episode.get_by_role("button", name="Was right").click()
    expect(episode.locator(".chip", has_text="Was right")).to_be_visible()
    assert desk.value("SELECT judgement FROM status_episodes") == "right"
    page.click("#pickers >> text=15m")
    page.wait_for_url(re.compile("range=15m"))
    page.locator("#open-episodes section >> text=Details").click()
    expect(page.locator("#moved-chart .main-svg").first).to_be_visible()
    assert all(host.startswith("127.0.0.1:") for host in desk.hosts)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Payments) -> None:
    page = desk.open()
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing scrolls sideways"
