"""The page Scorecard in a browser: charts are drawn, another capacity is one form away, it fits on a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from core.db.redis_client import Live
from tests import scorecard_world
from tests.browser.accessible import faults
from tests.browser.desk import USUAL, Desk

pytestmark = pytest.mark.browser


class Watching(Desk):
    """A desk at which a model with weeks of labels is looked at."""

    def open(self, more: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}analytics/scorecard{more}")
        expect(self.page.locator("#gini")).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database, live: Live) -> type[Watching]:
    """With a model and weeks of labels."""
    scorecard_world.fill(db, live, time.time())
    return Watching


def test_another_capacity_is_one_form_away(desk: Watching) -> None:
    page = desk.open("?period=7d")
    expect(page.locator("#gini")).to_contain_text("95 % interval")
    expect(page.locator("[data-figure]")).to_have_count(5)
    page.locator("#f-k").fill("5")
    page.locator("#choices").get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"period=7d.*k=5"))
    expect(page.locator("#capture")).to_contain_text("the 5 highest scores a day")
    expect(page.locator("#swap-policies tbody tr").first).to_contain_text("to")
    assert desk.complaints == []


@pytest.mark.parametrize("desk", [("light", 390), USUAL], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Watching) -> None:
    page = desk.open()
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing scrolls sideways"
