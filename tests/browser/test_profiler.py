"""The page Profiler in a browser: a bar leads to its function, a comparison shows what changed, a phone has room."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from core.pipeline.writer import Writer
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk
from tests.profile_world import event

pytestmark = pytest.mark.browser
BOTTOM = "Flask.app.call;shop.app.answer"
V1 = [
    f"{BOTTOM};shop.cart.view;shop.cart.load;Db.engine.run;Db.socket.receive 50",
    f"{BOTTOM};shop.cart.view;shop.price.total 20",
    f"{BOTTOM};shop.cart.view;shop.draw.page;Jinja.render 30",
]
V2 = [*V1, f"{BOTTOM};shop.cart.view;shop.price.total;shop.price.rounded 60"]


class Profiling(Desk):
    """A desk at which functions are looked at."""

    def open(self, more: str = "") -> Page:
        """Go to the page and wait until it shows."""
        self.page.goto(f"{self.url}performance/profiler{more}")
        expect(self.page.locator("h1:visible")).to_have_text("Profiler")
        return self.page


@pytest.fixture
def desk_kind(db: Database) -> type[Profiling]:
    """With two versions."""
    now = time.time()
    Writer(db, 0.7).store([event("1", now - 1200, V1), event("2", now - 60, V2, version="v2")], now)
    return Profiling


def test_from_all_functions_to_one_and_to_what_changed(desk: Profiling) -> None:
    page = desk.open("?service=shop")
    graph = page.get_by_role("group", name="Flame graph")
    expect(graph.get_by_text("GET /cart")).to_be_visible()
    graph.get_by_text("cart.view").click()
    page.wait_for_url(re.compile("frame=shop.cart.view"))
    expect(page.locator("#flame h2")).to_have_text("Flame graph of cart.view")
    page.get_by_role("link", name="All functions").click()
    expect(page.locator("#flame h2")).to_have_text("Flame graph")
    page.select_option("#f-endpoint", "GET /cart")
    page.select_option("#f-version", "v2")
    page.select_option("#f-compare", "version:v1")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("compare="))
    first = page.locator("#functions tbody tr").first
    expect(first).to_contain_text("price.rounded")
    expect(first).to_contain_text("more")
    page.get_by_label("Samples a second").fill("1000")
    page.evaluate("document.querySelector('#form-profile_run').noValidate = true")
    page.get_by_role("button", name="Profile", exact=True).click()
    expect(page.locator("#w-rate")).to_contain_text("Between")
    page.get_by_label("Samples a second").fill("100")
    page.get_by_role("button", name="Profile", exact=True).click()
    page.wait_for_url(re.compile("run="))
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    assert all(host.startswith("127.0.0.1:") for host in desk.hosts)
    assert [text for text in desk.complaints if "GL Driver" not in text and "400" not in text] == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_accessible_and_fits_on_a_phone(desk: Profiling) -> None:
    for more in ("", "?service=shop&version=v2&base_version=v1"):
        page = desk.open(more)
        for look in looks(page, ("light", 390), ("dark", 1440)):
            assert faults(page) == [], (more, look)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{more} scrolls sideways in {look}"
