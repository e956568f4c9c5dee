"""The browser's clock is wrong by days, or jumps: what the pages say about time does not change."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from console.app import ASSETS
from core import clock
from core.db.engine import Database
from tests.browser.conftest import PASSWORD, Console, Seat
from tests.people import come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]
DAY = 86_400_000
# A clock that is off by `window.shift` milliseconds, which a test may change at any moment. Zone and timers stay.
WRONG = """
(() => {
    window.shift = %d;
    const Real = Date;
    window.Date = class extends Real {
        constructor(...given) { if (given.length) super(...given); else super(Real.now() + window.shift); }
        static now() { return Real.now() + window.shift; }
    };
})();
"""


def seconds_of(text: str) -> float:
    """The seconds of a duration as pages write it."""
    units = {"s": 1, "min": 60, "h": 3600, "d": 86400}
    found = re.findall(r"(\d+) (min|s|h|d)\b", text)
    assert found, text
    return float(sum(int(number) * units[unit] for number, unit in found))


def off_by(sit: Sit, console: Console, shift: int, path: str = "") -> Page:
    """A page of somebody whose clock is off by so many milliseconds."""
    page = sit(wait=False).page
    page.add_init_script(WRONG % shift)
    page.goto(console.url + path)
    return page


def silence(db: Database, minutes: int) -> None:
    """A silence that ends in so many minutes."""
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at) "
                "VALUES ('A1', 'ann', 'maintenance', now(), now() + make_interval(mins => :m), now())"
            ),
            {"m": minutes},
        )


@pytest.mark.parametrize("shift", [-3 * DAY, 3 * DAY])
def test_the_live_page_counts_by_the_servers_clock(sit: Sit, console: Console, shift: int) -> None:
    page = off_by(sit, console, shift)
    page.wait_for_selector("#fraud_scatter[data-state=ready]")
    expect(page.locator("#badge")).to_contain_text("LIVE")
    assert seconds_of(page.inner_text("#badge-age")) < 15
    assert re.fullmatch(r"Last updated: \d\d:\d\d:\d\d UTC", page.text_content("#updated") or "")
    times = page.locator("#security td.time").all_inner_texts()
    assert times
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", time.strip()) for time in times), times[:3]
    page.click("#custom")
    typed = datetime.fromisoformat(page.input_value("#span-to")).replace(tzinfo=UTC)
    assert abs(typed - clock.to_datetime(clock.now())) < timedelta(minutes=2)


def test_a_clock_that_jumps_while_the_page_is_open_changes_nothing(sit: Sit, console: Console) -> None:
    page = off_by(sit, console, 0)
    page.wait_for_selector("#fraud_scatter[data-state=ready]")
    for shift in (3 * DAY, -3 * DAY, 3_600_000):
        page.evaluate(f"window.shift = {shift}")
        page.wait_for_timeout(6000)
        assert page.inner_text("#badge-word") == "LIVE"
        now = page.evaluate("window.gh.now()")
        assert abs(now / 1000 - clock.now()) < 2
        assert page.locator("#session-notice").count() == 0


@pytest.mark.parametrize("shift", [-3 * DAY, 3 * DAY])
def test_what_ends_in_ends_by_the_servers_clock(sit: Sit, console: Console, db: Database, shift: int) -> None:
    silence(db, 47)
    page = off_by(sit, console, shift, "alerts/silences")
    left = page.locator("#current time[data-until]")
    expect(left).to_have_text(re.compile("4[67] min"))
    since = page.locator("#current time[data-since]")
    if since.count():
        assert seconds_of(since.first.inner_text()) < 300
    page.evaluate(f"window.shift = {-shift}")
    page.wait_for_timeout(2500)
    expect(left).to_have_text(re.compile("4[67] min"))


def test_one_can_log_in_with_a_wrong_clock(sit: Sit, console: Console) -> None:
    page = off_by(sit, console, 3 * DAY)
    page.wait_for_selector("#page")
    page.context.clear_cookies()
    page.goto(f"{console.url}alerts")
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_url(f"{console.url}alerts")


def test_no_script_asks_the_browsers_clock() -> None:
    asks = re.compile(r"\bDate\.now\(|\bnew Date\(\)|(?<![\w.])Date\(\)")
    ours = [file for file in ASSETS.rglob("*.js") if "vendor" not in file.parts]
    assert ours
    assert [file.name for file in ours if asks.search(file.read_text())] == []
