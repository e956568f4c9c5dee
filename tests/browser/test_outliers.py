"""The pages Outliers and Outlier in a browser: from the list to one and back, on a phone and with a keyboard."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from tests import outlier_world as world
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


class Watching(Desk):
    """A desk at which slow requests are looked at."""

    def open(self) -> Page:
        """Go to the list and wait until its chart is drawn."""
        self.page.goto(f"{self.url}performance/outliers")
        expect(self.page.locator("#rows tbody tr")).to_have_count(9)
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database) -> type[Watching]:
    """With nine outliers of two endpoints."""
    now = time.time()
    told = [world.outlier(f"a{n}", now - 300 * n - 60, seconds=0.3 + 0.1 * n) for n in range(6)]
    told += [world.outlier(f"b{n}", now - 500 * n, route="/pay", method="POST", seconds=2.0 + n) for n in range(3)]
    world.store(db, now, *told)
    return Watching


def test_from_the_list_to_one_and_back(desk: Watching) -> None:
    page = desk.open()
    rows = page.locator("#rows tbody tr")
    page.locator("#endpoints a", has_text="/pay").click()
    page.wait_for_url(re.compile("route=%2Fpay"))
    expect(rows).to_have_count(3)
    page.select_option("#f-order", "slowest")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("order=slowest"))
    expect(rows.first).to_contain_text("4 s")
    rows.first.get_by_role("link").click()
    page.wait_for_url(re.compile("performance/outlier"))
    expect(page.locator("h1:visible")).to_have_text("POST /pay")
    expect(page.locator("#stacks")).to_contain_text("shop/prices.py:88")
    page.get_by_role("link", name="Outliers", exact=True).last.click()
    page.wait_for_url(re.compile("performance/outliers"))
    expect(rows).to_have_count(9)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_both_are_accessible_and_fit_on_a_phone(desk: Watching) -> None:
    page = desk.open()
    check(page)
    page.locator("#rows tbody tr a").first.click()
    expect(page.locator("#stacks")).to_be_visible()
    check(page)


def check(page: Page) -> None:
    """Nothing is inaccessible, and nothing scrolls sideways."""
    for look in looks(page, ("dark", 1440), ("light", 390)):
        assert faults(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, look
