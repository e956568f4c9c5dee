"""The live page as an operator uses it: sections, refresh, ranges, drawer, keyboard, tables and files.

One page for all: each test leaves it as it found it, live at its usual range with nothing open, and one that finds
something else opens it anew.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from stack.postgres import DATABASE, Postgres
from stack.redis import Redis
from tests.browser.conftest import Chromium, Console, Seat, running, seats
from tests.browser.test_live_page import state
from tests.databases import copied

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
AS_FOUND = """() => !document.querySelector('dialog[open], .offcanvas.show, .over.on')
    && document.querySelector('#badge').dataset.state === 'LIVE'"""


@pytest.fixture(scope="module")
def console(
    redis_server: Redis, postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    """One console for all tests here."""
    with (
        copied(postgres_server, "live_page_for_all", DATABASE) as url,
        running(redis_server, url, tmp_path_factory.mktemp("console")) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def seat(chromium: Chromium, console: Console) -> Iterator[Seat]:
    """Somebody who looks at the live page."""
    with seats(chromium.ready(), console) as sit:
        yield sit()


@pytest.fixture
def page(seat: Seat, console: Console) -> Page:
    """The page as it was when it was opened."""
    if seat.page.url != console.url or not seat.page.evaluate(AS_FOUND):
        seat.page.goto(console.url)
        seat.page.wait_for_selector("#fraud_scatter[data-state=ready] .js-plotly-plot .main-svg")
    state(seat.page, "LIVE")
    seat.page.mouse.move(5, 5)
    return seat.page


def test_six_sections_are_filled_without_an_error_or_a_foreign_request(page: Page, seat: Seat) -> None:
    for section in SECTIONS:
        expect(page.locator(f"#section-{section}")).to_be_visible()
    for panel in PANELS:
        expect(page.locator(f"#{panel}")).to_have_attribute("data-state", "ready")
    state(page, "LIVE")
    expect(page.locator("#updated")).to_have_text(re.compile(r"Last updated: (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC"))
    assert page.locator(".kpi").count() == 4
    assert page.locator("#fraud_feed tbody tr").count() == 50
    assert page.locator("#services .tile").count() == 6
    assert seat.complaints == []
    assert len(seat.hosts) == 1


def test_a_tick_sends_one_request_and_touches_only_what_changed(page: Page) -> None:
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.evaluate("window.kept = document.querySelector('#fraud_feed tbody tr:last-child')")
    with page.expect_response(lambda response: "/live?" in response.url and response.status == 200, timeout=15000):
        pass
    assert [url for url in seen if "/live?" not in url] == []
    assert all(int(re.search(r"since=(\d+)", url).group(1)) > 0 for url in seen)  # type: ignore[union-attr]
    assert page.locator(".js-plotly-plot").count() >= 3


def test_patches_add_up_to_the_whole(page: Page) -> None:
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


def test_pause_by_space_stops_asking_and_space_goes_on(page: Page) -> None:
    page.keyboard.press("Space")
    state(page, "PAUSED")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6500)
    assert asked == []
    page.keyboard.press("Space")
    state(page, "LIVE")


def test_stale_then_live_again_when_the_data_stands_still(page: Page) -> None:
    state(page, "LIVE")
    page.evaluate("() => { const { link, badge } = window.gh; link.age = 16; link.at = performance.now(); badge(); }")
    state(page, "STALE", 2)
    assert page.evaluate("document.documentElement.classList.contains('is-stale')")
    state(page, "LIVE")


def test_range_goes_to_the_address_and_back(page: Page) -> None:
    page.click("[data-range='6h']")
    expect(page).to_have_url(re.compile("range=6h"))
    expect(page.locator("[data-range='6h']")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.locator("[data-range='1h']")).to_have_attribute("aria-pressed", "true")


def test_dragging_on_a_chart_zooms_every_chart_and_pauses(page: Page) -> None:
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


def test_a_row_opens_the_transaction_escape_closes_and_focus_returns(page: Page) -> None:
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


def test_severity_filter_and_search_narrow_the_events_and_sit_in_the_address(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("rate limit")
    expect(page.locator("#security tbody tr").first).to_contain_text("rate limit")
    page.locator("#security .pill", has_text="Low").click()
    expect(page.locator("#security")).to_contain_text("No rows match")
    expect(page).to_have_url(re.compile("sev=low&q=rate|q=rate.*sev=low"))
    page.get_by_text("Clear filter").click()
    assert page.locator("#security tbody tr").count() > 20


def test_arrows_walk_a_table_and_question_mark_lists_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#fraud_feed tbody tr").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("[...document.activeElement.parentElement.children].indexOf(document.activeElement)") >= 3


def test_what_lies_under_the_pointer_holds_still(page: Page) -> None:
    page.hover("#fraud_feed tbody tr:nth-child(3)")
    before = page.locator("#fraud_feed tbody tr").first.get_attribute("data-key")
    expect(page.locator("#fraud_feed")).to_have_class(re.compile("held"), timeout=15000)
    assert page.locator("#fraud_feed tbody tr").first.get_attribute("data-key") == before
    page.mouse.move(5, 5)
    expect(page.locator("#fraud_feed")).not_to_have_class(re.compile("held"))


def test_csv_is_what_is_shown_and_no_formula(page: Page) -> None:
    with page.expect_download() as download:
        page.locator("#security").get_by_role("button", name="CSV").click()
    held = r"\d+(-of-\d+)?-rows"
    name = download.value.suggested_filename
    assert re.fullmatch(rf"gatehouse-security-{held}-\d{{8}}T\d{{4,6}}Z?-\d{{8}}T\d{{4,6}}Z?\.csv", name)
    text = download.value.path().read_text()
    assert "'=HYPERLINK" in text
    assert not re.search(r'(^|,)"?=', text, re.M)


def test_the_table_behind_a_chart_is_one_click_away(page: Page) -> None:
    page.locator("#traffic .as-table").click()  # whether or not its chart is drawn already
    expect(page.locator("#traffic .over tbody tr").nth(50)).to_be_visible()
    page.locator("#traffic .as-table").click()
    expect(page.locator("#traffic .over")).to_be_hidden()


def test_a_panel_with_chart_and_table_has_one_csv_button_for_what_it_shows(page: Page) -> None:
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


def test_the_model_panels_lead_to_the_page_about_it(page: Page) -> None:
    assert page.locator("#model .head a").get_attribute("href") == "/admin/monitoring/model"
    assert page.locator("#drift .head a").get_attribute("href") == "/admin/monitoring/model#drift"
