"""A deploy in a browser: its mark, the way from the list of changes to its page, and from there to an endpoint."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from collector.deploys import DeployWatch
from core.db.engine import Database
from core.endpoints.deploys import Announced, announce
from core.performance_config import DeploysConfig
from tests import deploy_world as world
from tests.browser.accessible import faults
from tests.browser.desk import USUAL, Desk

pytestmark = pytest.mark.browser
PHONE = ("light", 390)


class Watching(Desk):
    """A desk at which deploys are watched."""

    def open(self, path: str = "performance") -> Page:
        """Go to a page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.locator("#pickers, #facts").first).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database) -> type[Watching]:
    """After a deploy that made two endpoints worse."""
    at = (time.time() - 1500) // 60 * 60
    world.store(db, at, before=30, after=24, errors=12)
    announce(db, Announced("shop", "v2", at, True, "4f1c2b7", "https://ci.example/builds/7", "token:ci"), at + 5, 50)
    DeployWatch(db, DeploysConfig()).step(at + 1490)
    return Watching


def test_from_a_change_to_its_deploy_and_to_an_endpoint(desk: Watching) -> None:
    page = desk.open()
    expect(page.locator("#chart-requests .annotation-text", has_text="v2")).to_be_visible()
    page.locator("#changes").get_by_role("link", name="shop v2").click()
    page.wait_for_url(re.compile(r"performance/deploys/\d+"))
    expect(page.locator("h1:visible")).to_have_text("Deploy of shop v2")
    rows = page.locator("#endpoints tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="/cart")).to_contain_text("Slower")
    expect(rows.filter(has_text="/pay")).to_contain_text("More errors")
    rows.filter(has_text="/cart").get_by_role("link").click()
    page.wait_for_url(re.compile("performance/endpoint"))
    expect(page.locator("#chart-durations .annotation-text", has_text="v2")).to_be_visible()
    expect(page.locator("#deploys tbody tr").first).to_contain_text("Slower")
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


@pytest.mark.parametrize("desk", [USUAL, PHONE], indirect=True, ids=["dark", "phone"])
def test_a_deploys_page_is_accessible_and_fits(desk: Watching) -> None:
    page = desk.open("performance/deploys/1")
    assert faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing scrolls sideways"
