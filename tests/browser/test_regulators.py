"""Figures for regulators in a browser: definitions beside the figures, fit for a phone and for paper."""

import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk
from tests.browser.test_print import READ, letters, on_paper
from tests.integration.console.pages.test_regulators import fill

pytestmark = pytest.mark.browser


class Reporting(Desk):
    """A desk at which figures for regulators are read."""

    def open(self) -> Page:
        """Go to the page and wait until its tables stand there."""
        self.page.goto(f"{self.url}analytics/regulators?period=7d")
        expect(self.page.locator("#effectiveness tbody tr").first).to_be_visible()
        return self.page


@pytest.fixture
def desk_kind(db: Database) -> type[Reporting]:
    """With two days of cases and some alerts."""
    fill(db, time.time())
    return Reporting


def test_the_whole_and_each_table_are_files_and_it_prints(desk: Reporting) -> None:
    page = desk.open()
    with page.expect_download() as whole:
        page.get_by_role("link", name="CSV of the whole").click()
    assert whole.value.suggested_filename.startswith("gatehouse-regulators-")
    expect(page.locator("#effectiveness")).to_contain_text("flagged, not approved")
    shown, printed = letters(page.evaluate(READ)), on_paper(page)
    missing = shown - letters(printed)
    assert missing.total() <= 0.02 * shown.total(), f"{missing.total()} of {shown.total()} are not on paper"
    assert desk.complaints == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Reporting) -> None:
    page = desk.open()
    for look in looks(page, ("light", 390), ("dark", 1366)):
        assert faults(page) == [], look
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"scrolls sideways in {look}"
