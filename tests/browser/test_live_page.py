"""The live page as an operator uses it: sections, refresh, states, ranges, drawer, keyboard, phone, accessibility."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import faults
from tests.browser.conftest import Console, Seat
from tests.people import come_in

Sit = Callable[..., Seat]
SECTIONS = ("kpis", "fraud", "traffic", "model", "health", "security")
PANELS = (
    "kpis",
    "fraud_scatter",
    "fraud_feed",
    "traffic",
    "top_clients",
    "limits",
    "model",
    "drift",
    "services",
    "host",
    "security",
)


def state(page: Page, word: str, seconds: float = 20) -> None:
    """Wait until the badge says `word`."""
    expect(page.locator("#badge")).to_have_attribute("data-state", word, timeout=seconds * 1000)


def test_six_sections_are_filled_without_an_error_or_a_foreign_request(sit: Sit, console: Console) -> None:
    seat = sit()
    for section in SECTIONS:
        expect(seat.page.locator(f"#section-{section}")).to_be_visible()
    for panel in PANELS:
        expect(seat.page.locator(f"#{panel}")).to_have_attribute("data-state", "ready")
    state(seat.page, "LIVE")
    expect(seat.page.locator("#updated")).to_have_text(
        re.compile(r"Last updated: (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC")
    )
    assert seat.page.locator(".kpi").count() == 4
    assert seat.page.locator("#fraud_feed tbody tr").count() == 50
    assert seat.page.locator("#services .tile").count() == 6
    assert seat.complaints == []
    assert len(seat.hosts) == 1


def test_a_tick_sends_one_request_and_touches_only_what_changed(sit: Sit, console: Console) -> None:
    seat = sit()
    seen: list[str] = []
    seat.page.on("request", lambda request: seen.append(request.url))
    seat.page.evaluate("window.kept = document.querySelector('#fraud_feed tbody tr:last-child')")
    with seat.page.expect_response(lambda response: "/live?" in response.url and response.status == 200, timeout=15000):
        pass
    assert [url for url in seen if "/live?" not in url] == []
    assert all(int(re.search(r"since=(\d+)", url).group(1)) > 0 for url in seen)  # type: ignore[union-attr]
    assert seat.page.locator(".js-plotly-plot").count() >= 3


def test_patches_add_up_to_the_whole(sit: Sit, console: Console) -> None:
    page = sit().page
    for _ in range(3):
        with page.expect_response(lambda response: "/live?" in response.url and response.status == 200, timeout=15000):
            pass
    page.mouse.move(5, 5)
    same = page.evaluate("""async () => {
        const gh = window.gh;
        for (let n = 0; n < 20; n++) {
            const whole = await (await fetch(`${gh.prefix}live?range=1h&since=0`)).json();
            await gh.askNow();
            const names = Object.keys(whole.panels);
            if (names.every((name) => gh.shown[name].payload.version === whole.panels[name].version)) {
                const plain = (value) => JSON.stringify(value, (_, v) => (v && v.constructor === Object
                    ? Object.fromEntries(Object.entries(v).sort()) : v));
                return names.filter((name) => plain(gh.shown[name].payload.slots) !== plain(whole.panels[name].slots));
            }
        }
        return ['never the same version'];
    }""")
    assert same == []


def test_pause_by_space_stops_asking_and_space_goes_on(sit: Sit) -> None:
    page = sit().page
    page.keyboard.press("Space")
    state(page, "PAUSED")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6500)
    assert asked == []
    page.keyboard.press("Space")
    state(page, "LIVE")


def test_stale_then_live_again_when_the_data_stands_still(sit: Sit, console: Console) -> None:
    page = sit().page
    state(page, "LIVE")
    page.evaluate("() => { const { link, badge } = window.gh; link.age = 16; link.at = performance.now(); badge(); }")
    state(page, "STALE", 2)
    assert page.evaluate("document.documentElement.classList.contains('is-stale')")
    state(page, "LIVE")


def test_down_names_what_is_away_and_keeps_the_last_data(sit: Sit, console: Console) -> None:
    page = sit().page
    value = page.locator(".kpi .value").first.inner_text()
    console.world.dead = True
    state(page, "DOWN")
    expect(page.locator("#badge-age")).to_contain_text("monitoring API")
    assert page.locator(".kpi .value").first.inner_text()[0] == value[0]
    console.world.dead = False
    state(page, "LIVE")


def test_range_goes_to_the_address_and_back(sit: Sit) -> None:
    page = sit().page
    page.click("[data-range='6h']")
    expect(page).to_have_url(re.compile("range=6h"))
    expect(page.locator("[data-range='6h']")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.locator("[data-range='1h']")).to_have_attribute("aria-pressed", "true")


def test_dragging_on_a_chart_zooms_every_chart_and_pauses(sit: Sit) -> None:
    page = sit().page
    box = page.locator("#traffic .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 62, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile("from=.*&to="))
    state(page, "PAUSED")
    page.mouse.move(5, 5)
    page.wait_for_function(
        """() => { const [from, to] = document.querySelector('#fraud_scatter .js-plotly-plot').layout.xaxis.range;
                   return to - from < 2400000; }""",
        timeout=8000,
    )
    page.keyboard.press("Space")
    state(page, "LIVE")
    assert "from=" not in page.url


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


def test_a_row_opens_the_transaction_escape_closes_and_focus_returns(sit: Sit) -> None:
    page = sit().page
    row = page.locator("#fraud_feed tbody tr").nth(2)
    row.focus()
    txn = row.get_attribute("data-open") or ""
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    expect(page).to_have_url(re.compile(f"txn={txn}"))
    expect(page.locator("#drawer-body")).to_contain_text("0.912")
    expect(page.locator("#drawer-body .js-plotly-plot .main-svg").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.open") == txn
    expect(page).not_to_have_url(re.compile("txn="))


def test_a_deep_link_to_a_transaction_survives_the_login_and_unknown_ids_are_told(sit: Sit) -> None:
    expect(sit("?txn=tx_00000001").page.locator("#drawer-body")).to_contain_text("0.912")
    expect(sit("?txn=nothing").page.locator("#drawer-body")).to_contain_text("No transaction has this id")


def test_severity_filter_and_search_narrow_the_events_and_sit_in_the_address(sit: Sit) -> None:
    page = sit().page
    page.keyboard.press("/")
    page.keyboard.type("rate limit")
    expect(page.locator("#security tbody tr").first).to_contain_text("rate limit")
    page.locator("#security .pill", has_text="Low").click()
    expect(page.locator("#security")).to_contain_text("No rows match")
    expect(page).to_have_url(re.compile("sev=low&q=rate|q=rate.*sev=low"))
    page.get_by_text("Clear filter").click()
    assert page.locator("#security tbody tr").count() > 20


def test_arrows_walk_a_table_and_question_mark_lists_the_keys(sit: Sit) -> None:
    page = sit().page
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#fraud_feed tbody tr").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("[...document.activeElement.parentElement.children].indexOf(document.activeElement)") >= 3


def test_what_lies_under_the_pointer_holds_still(sit: Sit) -> None:
    page = sit().page
    page.hover("#fraud_feed tbody tr:nth-child(3)")
    before = page.locator("#fraud_feed tbody tr").first.get_attribute("data-key")
    expect(page.locator("#fraud_feed")).to_have_class(re.compile("held"), timeout=15000)
    assert page.locator("#fraud_feed tbody tr").first.get_attribute("data-key") == before
    page.mouse.move(5, 5)
    expect(page.locator("#fraud_feed")).not_to_have_class(re.compile("held"))


def test_csv_is_what_is_shown_and_no_formula(sit: Sit) -> None:
    page = sit().page
    with page.expect_download() as download:
        page.locator("#security").get_by_role("button", name="CSV").click()
    held = r"\d+(-of-\d+)?-rows"
    name = download.value.suggested_filename
    assert re.fullmatch(rf"gatehouse-security-{held}-\d{{8}}T\d{{4,6}}Z?-\d{{8}}T\d{{4,6}}Z?\.csv", name)
    text = download.value.path().read_text()
    assert "'=HYPERLINK" in text
    assert not re.search(r'(^|,)"?=', text, re.M)


def test_the_table_behind_a_chart_is_one_click_away(sit: Sit) -> None:
    page = sit().page
    page.locator("#traffic .as-table").click()  # whether or not its chart is drawn already
    expect(page.locator("#traffic .over tbody tr").nth(50)).to_be_visible()
    page.locator("#traffic .as-table").click()
    expect(page.locator("#traffic .over")).to_be_hidden()


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


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_axe_finds_nothing_serious(sit: Sit, mode: str) -> None:
    page = sit(color_scheme=mode).page
    page.wait_for_selector("#drift .js-plotly-plot .main-svg")
    assert faults(page) == []


def test_nothing_jumps_when_data_arrives(sit: Sit) -> None:
    seat = sit("", wait=False)
    seat.page.wait_for_selector("#security[data-state=ready]")
    shift = seat.page.evaluate("""() => new Promise((done) => {
        let sum = 0;
        const add = (list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) sum += e.value; });
        new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 2500); })""")
    assert shift < 0.1


def test_a_panel_with_chart_and_table_has_one_csv_button_for_what_it_shows(sit: Sit) -> None:
    page = sit().page
    buttons = page.locator("#drift .head-tools").get_by_role("button", name="CSV")
    expect(buttons).to_have_count(1)
    heads = []
    for shows_chart in (False, True):
        if shows_chart:
            page.locator("#drift .as-table").click()
        with page.expect_download() as download:
            buttons.click()
        heads.append(download.value.path().read_text().splitlines()[0])
    assert heads == ["Feature,KL,Status", "Series,At,Value,Id"]


def test_the_model_panels_lead_to_the_page_about_it(sit: Sit) -> None:
    page = sit().page
    assert page.locator("#model .head a").get_attribute("href") == "/admin/monitoring/model"
    assert page.locator("#drift .head a").get_attribute("href") == "/admin/monitoring/model#drift"
