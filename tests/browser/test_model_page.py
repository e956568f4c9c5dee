"""The Model page in a browser, over the real monitoring API and real stores: drawn, complete, usable, accessible."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from core.db.redis_client import Live
from core.models import training_runs
from tests import model_world
from tests.browser.accessible import faults
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


class Engineer(Desk):
    """A desk at which the model is looked after."""

    def open(self, query: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}model{query}")
        expect(self.page.locator("#page h1:visible")).to_have_count(1)
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database, live: Live) -> type[Engineer]:
    """With models and their scores."""
    model_world.fill(db, live)
    return Engineer


def test_the_story_is_drawn_and_every_chart_has_its_numbers_and_its_file(desk: Engineer) -> None:
    page = desk.open("?window=14d")
    expect(page.locator(".answer")).to_have_count(4)
    assert page.locator("[data-figure] .main-svg").count() >= 9
    page.click("#p-delay summary")
    expect(page.locator("#numbers-label-delay tbody tr").first).to_be_visible()
    with page.expect_download() as download:
        page.locator("#p-performance [data-csv]").click()
    assert re.fullmatch(r"gatehouse-model-performance-\d{8}T\d{4}Z\.csv", download.value.suggested_filename)
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("Day,Predictions,Labelled,Frauds known,Precision measured,from,to")
    assert len(lines) == 15
    assert not any("–" in line for line in lines), "no value is an empty cell"
    assert all(host.startswith("127.0.0.1:") for host in desk.hosts)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


def test_the_window_is_in_the_address_and_the_back_button_works(desk: Engineer) -> None:
    page = desk.open()
    page.click("#windows >> text=7d")
    page.wait_for_url(re.compile(r"window=7d"))
    expect(page.locator("#windows [aria-current]")).to_have_text("7d")
    expect(page.locator("#p-matrix .note")).to_have_text("the last 7 days")
    page.go_back()
    expect(page.locator("#windows [aria-current]")).to_have_text("24h")


def test_the_keyboard_leads_here_and_the_advice_leads_to_the_retraining(desk: Engineer) -> None:
    desk.page.goto(f"{desk.url}account")
    desk.page.wait_for_selector("nav.pages")
    desk.page.keyboard.press("g")
    desk.page.keyboard.press("m")
    desk.page.wait_for_url(re.compile(r"/model$"))
    page = desk.open()
    page.click('#advice >> text="Start"')
    expect(page.locator("#f-reason")).to_be_focused()
    page.keyboard.type("amount has moved")
    page.click("#retrain button")
    expect(page.locator("dialog[open]")).to_contain_text("promotes the new model only when it is better")
    page.click("dialog[open] button >> text=Start an emergency retraining")
    expect(page.locator("#toast")).to_contain_text("Retraining queued")
    expect(page.locator("#advice")).to_contain_text("A retraining (emergency) is queued")
    expect(page.locator('#advice >> text="Start"')).to_have_count(0)
    newest = training_runs.listed(desk.db, 1)[0]
    assert (newest.kind, newest.reason) == ("emergency", "amount has moved")


@pytest.mark.parametrize("desk", [("light", 1366), ("dark", 390)], indirect=True)
def test_it_is_accessible_and_fits_in_both_modes_and_on_a_phone(desk: Engineer) -> None:
    page = desk.open("?window=14d")
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing scrolls sideways"


def test_a_tick_leaves_what_is_open_open(desk: Engineer) -> None:
    page = desk.open("?window=7d")
    page.click("#p-delay summary")
    page.evaluate("document.getElementById('p-matrix').dataset.mine = 'kept'")
    with page.expect_response(re.compile("fragment=1")):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#p-delay details")).to_have_attribute("open", "")
    assert page.locator("[data-figure] .main-svg").count() >= 9
