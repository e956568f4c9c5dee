"""The pages Exceptions and Exception in a browser: from the list to the stack, a decision, dark and on a phone."""

import time
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from core.db.engine import Database
from core.events.performance.exception import ExceptionReport
from core.pipeline.writer import Writer
from simulator.scenarios import new_error
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk
from tests.exception_world import report

pytestmark = pytest.mark.browser
LONG = "x" * 200
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Watching(Desk):
    """A desk at which exceptions are watched."""

    def open(self, more: str = "") -> Page:
        """Go to the page and wait until its charts are drawn."""
        self.page.goto(f"{self.url}exceptions{more}")
        expect(self.page.locator("#over-time")).to_be_visible()
        return self.drawn()


@pytest.fixture
def desk_kind(db: Database) -> type[Watching]:
    """With the bug of a scenario and three others."""
    now = time.time()
    made: list[Any] = []
    for number in range(60):
        at = now - 55 * number
        event = new_error.exception(
            f"n{number}", at, f"2.{number % 3}", new_error.bug(77), number, f"user-{number % 9}"
        )
        made.append(msgspec.convert(event, ExceptionReport))
        made[-1].complete()
    made += [
        report(f"a{n}", now - n * 200, "refresh", "load", type="TimeoutError", service="catalog") for n in range(17)
    ]
    made += [
        report(f"b{n}", now - n * 600, "render", message="'seat'", type="KeyError", version="1.9") for n in range(4)
    ]
    made += [
        report("c", now - 30, LONG, type=LONG, message=LONG, version=LONG[:100], route=f"/{LONG}", users={LONG: 1})
    ]
    Writer(db, normal_block_from=0.7).store(made, now)
    return Watching


def test_from_the_list_to_the_stack_and_a_decision(desk: Watching) -> None:
    page = desk.open()
    rows = page.locator("#groups tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("checkout.pricing.PricingError")
    rows.first.locator("a").first.click()
    stack = page.locator("#stack")
    expect(stack).to_contain_text("checkout.pricing")
    expect(stack).to_contain_text("order.extras")
    expect(stack).to_contain_text("caused by KeyError")
    expect(page.locator("#endpoints tbody")).to_contain_text("POST /api/v1/orders")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#what")).to_contain_text("Resolved")
    page.get_by_role("link", name="Exceptions").last.click()
    expect(rows).to_have_count(3)
    assert [text for text in desk.complaints if "GL Driver" not in text] == []


@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_it_is_readable_everywhere(desk: Watching) -> None:
    page = desk.open("?state=all")
    for look in looks(page, ("dark", 1440), ("light", 390)):
        assert faults(page) == [], look
        assert page.evaluate(WIDE) <= 0, f"scrolls sideways in {look}"
    page.locator("#groups tbody tr", has_text="xxxx").locator("a").first.click()
    expect(page.locator("#stack")).to_be_visible()
    for look in looks(page, ("dark", 1440), ("light", 390)):
        assert faults(page) == [], look
        assert page.evaluate(WIDE) <= 0, f"scrolls sideways in {look}"
    assert [text for text in desk.complaints if "GL Driver" not in text] == []
