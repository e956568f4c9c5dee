"""The pages Custom figures and Custom figure in a browser: charts are drawn, what failed is named, details open."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk
from tests.integration.api.test_custom_figures import make

pytestmark = pytest.mark.browser


class Watching(Desk):
    """A desk at which custom figures are watched."""

    def open(self, more: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}figures{more}")
        expect(self.page.locator("#figure-depth")).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database) -> type[Watching]:
    """With two figures."""
    make(db, time.time())
    return Watching


def test_from_all_figures_to_one_and_back(desk: Watching) -> None:
    page = desk.open("?range=6h")
    expect(page.locator("#figure-wide")).to_contain_text("The last sample failed")
    page.locator("#figure-depth").get_by_role("link", name="Details").click()
    page.wait_for_url(re.compile(r"figures/figure\?name=depth&range=6h"))
    expect(page.locator("h1:visible")).to_have_text("Depth")
    expect(page.locator("#series tbody tr")).to_have_count(2)
    expect(page.locator("#bins tbody tr").first).to_contain_text("s")
    page.get_by_role("link", name="Custom figures").last.click()
    page.wait_for_url(re.compile(r"figures\?range=6h"))
    assert desk.complaints == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Watching) -> None:
    for more in ("", "/figure?name=depth"):
        page = desk.open(more)
        for look in looks(page, ("light", 390), ("dark", 1440)):
            assert faults(page) == [], (more, look)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{more} scrolls sideways in {look}"
