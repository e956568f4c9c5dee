"""The shell in a browser: pages without a reload, history, focus, dialog, toast, forms, the table; axe, the policy."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from stack.redis import Redis
from tests.browser.accessible import ALL_LOOKS, faults, looks
from tests.browser.ageing import age_factor
from tests.browser.conftest import PASSWORD, Console, Seat
from tests.people import come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]


def shown(page: Page, name: str) -> None:
    """Wait until the shell shows a page."""
    expect(page.locator(f"html[data-page={name}]")).to_have_count(1)
    expect(page.locator("#page h1:visible")).to_have_count(1)


def until(page: Page, expression: str) -> None:
    """Wait until the page says so; Playwright's own way to wait needs eval."""
    end = time.monotonic() + 20
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def open_tokens(sit: Sit, console: Console, **options: object) -> Seat:
    seat = sit(wait=False, **options)
    seat.page.goto(console.url + "tokens")
    seat.page.wait_for_selector("#tokens .s-rows > *")
    return seat


def create(page: Page, name: str) -> None:
    page.fill("#f-name", name)
    page.check("#f-scope-read")
    page.click("#submit-token_create")


def test_pages_change_without_a_reload_and_the_live_page_stays(sit: Sit, console: Console) -> None:
    seat = sit("?range=6h")
    page = seat.page
    page.evaluate("window.kept = document.querySelector('#fraud_scatter .main-svg')")
    page.evaluate("scrollTo(0, 300)")
    page.keyboard.press("g")
    page.keyboard.press("t")
    shown(page, "tokens")
    assert page.title() == "API tokens · Gatehouse"
    assert page.url == console.url + "tokens"
    assert page.evaluate("document.activeElement.id") == "main"
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Tokens")
    expect(page.locator("#badge")).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6500)
    assert [url for url in asked if "/live?" in url] == []
    page.go_back()
    shown(page, "live")
    assert page.url == f"{console.url}?range=6h"
    assert page.evaluate("window.kept === document.querySelector('#fraud_scatter .main-svg')")
    expect(page.locator("#badge")).to_have_attribute("data-state", "LIVE")
    until(page, "scrollY === 300")
    page.go_forward()
    shown(page, "tokens")
    page.keyboard.press("g")
    page.keyboard.press("l")
    shown(page, "live")
    assert page.url == f"{console.url}?range=6h", "the range goes along"
    assert page.title() == "Monitoring Dashboard · Gatehouse"
    assert seat.complaints == []
    assert len(seat.hosts) == 1


def test_a_deep_link_shows_its_page_and_goes_on_in_the_shell(sit: Sit, console: Console) -> None:
    page = sit(wait=False).page
    page.goto(console.url + "audit?action=mfa.enrol")
    expect(page.locator("#changes tbody tr")).to_have_count(1)
    page.evaluate("window.kept = true")
    page.fill("#f-action", "user.seed")
    page.click("text=Show")
    page.wait_for_url("**/audit?action=user.seed")
    expect(page.locator("#changes tbody tr")).to_contain_text(["user.seed"])
    page.go_back()
    expect(page.locator("#changes tbody tr")).to_contain_text(["mfa.enrol"])
    page.click("nav >> text=Live")
    page.wait_for_selector("#fraud_scatter[data-state=ready] .js-plotly-plot .main-svg")
    assert page.evaluate("window.kept")


def test_a_page_that_fails_is_opened_whole_and_says_why(sit: Sit, console: Console) -> None:
    page = sit().page
    page.route("**/tokens?fragment=1", lambda route: route.fulfill(status=503, content_type="text/html", body="away"))
    page.evaluate("window.kept = true")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_selector("h1.page-title")
    assert page.evaluate("window.kept") is None


def test_a_form_says_by_the_field_what_is_wrong_and_keeps_what_was_typed(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console).page
    page.fill("#f-name", "shop")
    page.fill("#f-days", "x")
    page.click("#submit-token_create")
    expect(page.locator("#w-days")).to_have_text("Enter 1 to 3650 days, or leave it empty.")
    assert page.get_attribute("#f-days", "aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "f-days"
    assert page.input_value("#f-name") == "shop"
    page.fill("#f-days", "")
    page.click("#submit-token_create")
    expect(page.locator("#w-scope")).to_have_text("Choose at least one.")
    expect(page.locator("#w-days")).to_be_empty()
    page.check("#f-scope-read")
    page.click("#submit-token_create")
    expect(page.get_by_role("dialog")).to_contain_text("Your new token")
    assert re.fullmatch(r"gate_[\w-]{43}", page.inner_text("#link"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#toast")).to_contain_text("Token shop created.")
    expect(page.locator("#tokens tbody tr")).to_have_count(1)
    assert page.input_value("#f-name") == ""


def test_a_button_asks_once_and_works_once_however_often_it_is_pressed(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console).page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.fill("#f-name", "shop")
    page.check("#f-scope-read")
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('#submit-token_create').click()")
    expect(page.get_by_role("dialog")).to_contain_text("Your new token")
    page.keyboard.press("Escape")
    expect(page.locator("#tokens tbody tr")).to_have_count(1)
    assert len([url for url in sent if url.endswith("/tokens")]) == 1
    page.click("#tokens >> text=Revoke")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert not [url for url in sent if url.endswith("/revoke")]
    page.click("#tokens >> text=Revoke")
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.locator("#tokens tbody tr")).to_contain_text(["Revoked"])
    expect(page.locator("#toast")).to_contain_text("Token shop revoked.")


def test_a_lost_answer_sent_again_is_the_same_press(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console).page
    lost: list[str] = []

    def lose(route: object) -> None:
        if route.request.method == "POST" and not lost:  # type: ignore[attr-defined]
            lost.append(route.fetch().text())  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/tokens", lose)
    create(page, "shop")
    expect(page.locator("#toast")).to_contain_text("your input is kept")
    assert lost
    page.click("#submit-token_create")
    expect(page.locator("#toast")).to_contain_text("The change was made once")
    expect(page.locator("#tokens tbody tr")).to_have_count(1)


def test_a_stale_factor_is_asked_for_in_the_dialog(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = open_tokens(sit, console).page
    age_factor(redis_server)
    create(page, "shop")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Confirm your identity")
    page.fill("#factor-code", "000000")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog).to_contain_text("The code is incorrect")
    fields = console.phone.fields()
    if "recovery" in fields:
        page.click("text=Use a recovery code instead")
    page.fill(f"#factor-{next(iter(fields))}", next(iter(fields.values())))
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog).to_contain_text("Your new token")


def test_after_the_sessions_end_the_form_keeps_what_was_typed_over_the_login(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console).page
    page.context.clear_cookies(name="gatehouse_session")
    create(page, "shop")
    expect(page.locator("#session-notice")).to_contain_text("You are logged out")
    assert page.input_value("#f-name") == "shop"
    with page.context.expect_page() as opened:
        page.click("#session-notice >> text=Log in again")
    with opened.value.expect_event("close"):
        come_in(opened.value, console.phone, "admin", PASSWORD)
    page.bring_to_front()
    expect(page.locator("#session-notice")).to_have_count(0)
    assert page.input_value("#f-name") == "shop"
    assert page.is_checked("#f-scope-read")
    page.click("#submit-token_create")
    expect(page.get_by_role("dialog")).to_contain_text("Your new token")


def test_the_table_sorts_searches_hides_columns_and_saves_what_is_shown(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console).page
    for name in ("beta", "alpha"):
        create(page, name)
        expect(page.get_by_role("dialog")).to_contain_text("Your new token")
        page.keyboard.press("Escape")
        expect(page.locator("#tokens tbody")).to_contain_text(name)
    names = page.locator("#tokens tbody td:first-child")
    page.click("#tokens th >> text=Name")
    expect(names).to_have_text(["alpha", "beta"])
    page.click("#tokens th >> text=Name")
    expect(names).to_have_text(["beta", "alpha"])
    page.keyboard.press("/")
    page.keyboard.type("alp")
    expect(names).to_have_text(["alpha"])
    page.click("#tokens summary")
    page.uncheck("#tokens .columns-menu >> text=Scopes")
    expect(page.locator("#tokens th >> text=Scopes")).to_be_hidden()
    with page.expect_download() as caught:
        page.click("#tokens button.csv")
    text = caught.value.path().read_text()
    assert text.splitlines()[0] == "Name,Services,State,Created (UTC),Last used (UTC),Expires (UTC)"
    assert "alpha" in text
    assert "beta" not in text
    page.goto(console.url + "tokens")
    expect(page.locator("#tokens th >> text=Scopes")).to_be_hidden()


@pytest.mark.timeout(600)  # three states in four looks
def test_dialog_toast_and_errors_are_accessible_and_fit(sit: Sit, console: Console) -> None:
    page = open_tokens(sit, console, viewport={"width": 390, "height": 900}, color_scheme="light").page

    def look(what: str) -> None:
        for seen in looks(page, *ALL_LOOKS):
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (what, seen)
            assert faults(page) == [], (what, seen)

    page.fill("#f-name", "shop")
    page.click("#submit-token_create")
    expect(page.locator("#w-scope")).not_to_be_empty()
    look("errors")
    page.check("#f-scope-read")
    page.click("#submit-token_create")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("dialog and toast")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    look("list")


def test_bootstraps_components_work_under_the_policy_without_eval(sit: Sit, console: Console) -> None:
    seat = open_tokens(sit, console)
    page = seat.page
    assert page.evaluate("typeof dash_bootstrap_components.Modal") == "function"
    page.evaluate("""() => { setTimeout("window.evaluated = true", 0) }""")  # a text is run as eval runs it
    page.wait_for_timeout(200)
    assert page.evaluate("window.evaluated") is None
    colour = page.evaluate("getComputedStyle(document.querySelector('#submit-token_create')).backgroundColor")
    assert colour == "rgb(47, 91, 208)"
    assert [text for text in seat.complaints if "unsafe-eval" not in text] == []
    assert len(seat.hosts) == 1
