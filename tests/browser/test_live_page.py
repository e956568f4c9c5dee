"""The live page over worlds of each test's own: bad days, logins, screens, colours, accessibility."""

import re
import signal
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from stack.redis import Redis
from tests.browser.accessible import faults, looks
from tests.browser.conftest import Console, Seat
from tests.people import come_in

Sit = Callable[..., Seat]


def state(page: Page, word: str, seconds: float = 20) -> None:
    """Wait until the badge says `word`."""
    expect(page.locator("#badge")).to_have_attribute("data-state", word, timeout=seconds * 1000)


def test_down_names_what_is_away_and_keeps_the_last_data(sit: Sit, console: Console) -> None:
    page = sit().page
    value = page.locator(".kpi .value").first.inner_text()
    console.world.dead = True
    state(page, "DOWN")
    expect(page.locator("#badge-age")).to_contain_text("monitoring API")
    assert page.locator(".kpi .value").first.inner_text()[0] == value[0]
    console.world.dead = False
    state(page, "LIVE")


def test_down_names_redis_while_it_hangs(sit: Sit, redis_server: Redis) -> None:
    page = sit().page
    value = page.locator(".kpi .value").first.inner_text()
    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)
    try:
        state(page, "DOWN")
        expect(page.locator("#badge-age")).to_have_text("Redis cannot be reached")
        assert page.locator(".kpi .value").first.inner_text()[0] == value[0]
    finally:
        redis_server.process.send_signal(signal.SIGCONT)
    state(page, "LIVE")


def test_a_range_that_cannot_be_is_not_asked_for(sit: Sit) -> None:
    page = sit().page
    page.keyboard.press("r")
    start = datetime.fromisoformat(page.input_value("#span-from"))
    for end in (start - timedelta(seconds=1), start, start + timedelta(days=91)):
        page.fill("#span-to", end.isoformat())
        page.click("#span-dialog >> text=Show")
        assert page.evaluate("document.querySelector('#span-to').validationMessage")
        expect(page.locator("#span-dialog")).to_be_visible()
        assert "from=" not in page.url
    page.fill("#span-to", (start + timedelta(minutes=5)).isoformat())
    page.click("#span-dialog >> text=Show")
    expect(page.locator("#span-dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile("from=.*&to="))


def test_a_deep_link_to_a_transaction_survives_the_login_and_unknown_ids_are_told(sit: Sit) -> None:
    expect(sit("?txn=tx_00000001").page.locator("#drawer-body")).to_contain_text("0.912")
    expect(sit("?txn=nothing").page.locator("#drawer-body")).to_contain_text("No transaction has this id")


@pytest.mark.parametrize("mood", ["empty", "broken"])
def test_empty_and_broken_panels_say_why(sit: Sit, console: Console, mood: str) -> None:
    console.world.mood = mood
    seat = sit("", wait=False)
    if mood == "empty":
        for panel, text in (
            ("fraud_feed", "above 0.65"),
            ("security", "No security events"),
            ("host", "No host metrics"),
            ("traffic", "No API requests"),
        ):
            expect(seat.page.locator(f"#{panel}")).to_contain_text(text)
        assert "NaN" not in seat.page.locator("main").inner_text()
    else:
        expect(seat.page.locator("#drift .broken")).to_contain_text("reference of the model is missing")
        expect(seat.page.locator("#model")).to_have_attribute("data-state", "ready")
    assert seat.complaints == []


def test_a_session_that_ended_leads_to_the_login_and_back(sit: Sit, console: Console) -> None:
    page = sit("?range=6h").page
    page.context.clear_cookies()
    with page.context.expect_page() as opened:
        page.click("#session-notice >> text=Log in again")
    door = opened.value
    door.wait_for_url(re.compile("login.*range%3D6h"))
    door.fill("#user", "admin")
    door.fill("#password", "wrong")
    door.click("button[type=submit]")
    expect(door.locator("#wrong")).to_contain_text("Incorrect user name or password")
    assert door.input_value("#user") == "admin"
    with door.expect_event("close"):
        come_in(door, console.phone, "admin", "correct horse battery")
    page.bring_to_front()
    expect(page.locator("#session-notice")).to_have_count(0)
    expect(page).to_have_url(re.compile("range=6h"))


def test_no_screen_scrolls_sideways(sit: Sit) -> None:
    page = sit(viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate("""() => [...document.querySelectorAll('header button, .btn')]
        .filter((b) => b.offsetParent && b.getBoundingClientRect().height < 43.5).map((b) => b.outerHTML)""")
    assert small == []
    for width, height in ((820, 1180), (1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_kiosk_has_no_controls(sit: Sit) -> None:
    page = sit("?kiosk=1").page
    expect(page.locator("#range")).to_be_hidden()
    expect(page.locator("#badge")).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('.btn, .foot')].filter((e) => e.offsetParent)") == []
    wide = page.evaluate("document.querySelector('#fraud_feed tbody td:nth-child(5)').getBoundingClientRect().width")
    assert wide > 90, "the top feature can be read from across the room"


def test_the_colour_mode_is_remembered_and_repaints_the_charts(sit: Sit) -> None:
    page = sit().page
    page.click("#mode")
    assert page.evaluate("document.documentElement.dataset.mode") == "light"
    page.wait_for_function(
        "JSON.stringify(document.querySelector('#traffic .js-plotly-plot').data).includes('#1f57c9')"
    )
    page.reload()
    page.wait_for_selector("#page")
    assert page.evaluate("document.documentElement.dataset.mode") == "light"


def test_axe_finds_nothing_serious(sit: Sit) -> None:
    page = sit(color_scheme="light").page
    page.wait_for_selector("#drift .js-plotly-plot .main-svg")
    for look in looks(page, ("light", 1440), ("dark", 1440)):
        assert faults(page) == [], look


def test_nothing_jumps_when_data_arrives(sit: Sit) -> None:
    seat = sit("", wait=False)
    seat.page.wait_for_selector("#security[data-state=ready]")
    shift = seat.page.evaluate("""() => new Promise((done) => {
        let sum = 0;
        const add = (list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) sum += e.value; });
        new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 2500); })""")
    assert shift < 0.1
