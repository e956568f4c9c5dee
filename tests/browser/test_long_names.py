"""Names of any length never widen a page on a phone, and a storm of alerts stays a short strip that asks first."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from core.db.engine import Database
from core.monitoring.trouble import ActiveProblems
from tests.alerting import fire, rule
from tests.browser.conftest import Console, Seat
from tests.browser.fake_api import problem

pytestmark = pytest.mark.browser
WALLET = "0x" + "c0ffee" * 33
PAGES = (
    "alerts",
    "alerts?tab=history",
    "alerts?tab=rules",
    "alerts?tab=pending",
    "alerts/incidents/i1",
    "alerts/silences",
    "transactions",
    "transactions/queue",
    "audit",
    "users",
    "account",
    "tokens",
)


@pytest.fixture
def named(db: Database) -> None:
    """A rule, an incident, a silence, a transaction and an audit row whose names no line holds."""
    now = time.time()
    rule(db, "A1", WALLET, "high", {"kind": "window", "parameters": {"metric": "fraud_rate", "above": 3}})
    fire(db, "A1", "i1", now - 600, series=WALLET, severity="high", title=WALLET)
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences (series, owner, reason, starts_at, ends_at, created_at)"
                " VALUES (:name, 'ann', :name, now() - interval '1 minute', now() + interval '1 hour', now())"
            ),
            {"name": WALLET},
        )


def test_no_name_widens_a_page_on_a_phone(
    sit: Callable[..., Seat], console: Console, named: None, tmp_path: Path
) -> None:
    page = sit(wait=False, viewport={"width": 390, "height": 844}).page
    wide = {}
    for path in PAGES:
        page.goto(console.url + path)
        page.wait_for_selector("main h1")
        page.screenshot(path=tmp_path / f"{path.replace('/', '-').replace('?', '-')}.png", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[path] = width
    assert wide == {}


def storm(number: int) -> ActiveProblems:
    """Problems as the API lists them."""
    now = int(time.time() * 1000)
    return [
        problem(
            f"incident-{n}", "high", f"{WALLET}-{n}", "failed codes", since=now, target="#alert_rules",
            incident=f"i{n}",
        )
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize("width", [390, 1440])
def test_a_storm_is_a_short_strip(sit: Callable[..., Seat], console: Console, width: int, tmp_path: Path) -> None:
    console.world.trouble = storm(62)
    seat = sit(viewport={"width": width, "height": 844})
    strip = seat.page.locator(".strip")
    expect(strip).to_contain_text("62 need attention")
    expect(strip).to_contain_text("and 59 more")
    seat.page.screenshot(path=tmp_path / "strip.png")
    box = strip.bounding_box()
    assert box is not None
    assert box["height"] < 200
    assert len(seat.page.inner_text(".strip [role=status]")) < 1200
    assert seat.page.evaluate("document.documentElement.scrollWidth") <= width
    seat.page.click("text=Acknowledge 20")
    asks = seat.page.locator("dialog[open]")
    expect(asks).to_contain_text("42 more firing alerts are not listed here")
    asks.get_by_text("Cancel").click()
    expect(asks).to_have_count(0)
