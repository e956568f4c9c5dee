"""The session ends while tabs are open: a notice says so, nothing is lost, and one comes back to this address."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from console.auth.sessions import Session, Sessions
from core.db.engine import Database
from core.errors import RedisUnavailable
from core.identity import users
from stack.redis import Redis
from tests.browser.conftest import PASSWORD, Console, Seat
from tests.people import QUICK, Authenticator, come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]
NOTICE = "#session-notice"


def end(redis: Redis) -> None:
    """All sessions are gone, as after an end from elsewhere or a replaced Redis."""
    redis.run("flushall")


def asked_paths(page: Page, milliseconds: int) -> list[str]:
    """The paths that a page asks for within a time."""
    paths: list[str] = []

    def note(request: Any) -> None:
        paths.append(request.url)

    page.on("request", note)
    page.wait_for_timeout(milliseconds)
    page.remove_listener("request", note)
    return paths


def log_in_again(page: Page, console: Console) -> None:
    """From the notice, in the tab that it opens, which closes when that is done; the page goes on."""
    with page.context.expect_page() as opened:
        page.click(f"{NOTICE} >> text=Log in again")
    other = opened.value
    with other.expect_event("close"):
        come_in(other, console.phone, "admin", PASSWORD)
    page.bring_to_front()
    expect(page.locator(NOTICE)).to_have_count(0)


def test_the_live_page_keeps_its_alerts_and_stops_asking(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit("?range=6h&q=login#security").page
    strip = page.inner_text("[data-kind=strip]")
    end(redis_server)
    expect(page.locator(NOTICE)).to_contain_text("You are logged out")
    assert page.inner_text("[data-kind=strip]") == strip
    assert page.locator("input[type=password]").count() == 0
    assert page.inner_text("#badge").startswith("PAUSED")
    assert asked_paths(page, 8000) == []
    log_in_again(page, console)
    expect(page.locator("#badge")).to_have_attribute("data-state", "LIVE")
    assert page.url == f"{console.url}?range=6h&q=login#security"


def test_the_notice_comes_by_itself_and_no_form_of_the_login(sit: Sit, console: Console, redis_server: Redis) -> None:
    """On each of these pages, all open in tabs of one browser when the session ends."""
    first = sit(wait=False).page
    paths = ["alerts", "alerts/silences", "account", "users", "audit", "model", "transactions"]
    tabs = {path: first if path == paths[0] else first.context.new_page() for path in paths}
    before = {}
    for path, page in tabs.items():
        page.goto(f"{console.url}{path}?fresh=1#here")
        page.wait_for_selector("main h1")
        before[path] = page.inner_text("main")
    end(redis_server)
    for path, page in tabs.items():
        expect(page.locator(NOTICE)).to_contain_text("You are logged out")
        assert page.inner_text("main")[:200] == before[path][:200]
        assert page.locator("#user").count() == 0
        href = page.get_attribute(f"{NOTICE} a.main", "href") or ""
        assert href.endswith("next=%2Fadmin%2Fmonitoring%2F" + path.replace("/", "%2F") + "%3Ffresh%3D1%23here")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_typed_stays_over_a_login_and_the_form_works(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}alerts/silences?rule=A1")
    page.fill("#f-reason", "maintenance of the payment provider")
    page.select_option("#f-severity", index=1)
    chosen = page.input_value("#f-severity")
    end(redis_server)
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(page.locator(NOTICE)).to_contain_text("You are logged out")
    assert page.input_value("#f-reason") == "maintenance of the payment provider"
    log_in_again(page, console)
    assert page.url == f"{console.url}alerts/silences?rule=A1"
    assert page.input_value("#f-reason") == "maintenance of the payment provider"
    assert page.input_value("#f-severity") == chosen
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(page.locator("#w-rule")).to_have_text("There is no rule 'A1'.")


def test_nothing_typed_is_kept_outside_the_page(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}account")
    page.fill("#f-old", "my old password")
    end(redis_server)
    expect(page.locator(NOTICE)).to_be_visible()
    with page.context.expect_page() as opened:
        page.click(f"{NOTICE} >> text=Log in again")
    opened.value.wait_for_selector("#user")
    for tab in (page, opened.value):
        stored = tab.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
        assert "my old password" not in stored
    assert page.input_value("#f-old") == "my old password"


def test_a_file_stays_chosen_and_is_sent_after_a_login_in_another_tab(
    sit: Sit, console: Console, redis_server: Redis, tmp_path: Path
) -> None:
    file = tmp_path / "past.csv"
    file.write_text("amount,label\n1,0\n2,1\n")
    page = sit(wait=False).page
    page.goto(f"{console.url}model/training")
    page.set_input_files("#f-file", file)
    end(redis_server)
    page.click("#submit-training_upload")
    expect(page.locator(NOTICE)).to_be_visible()
    assert page.evaluate("document.querySelector('#f-file').files[0].name") == "past.csv"
    other = page.context.new_page()
    other.goto(console.url)
    come_in(other, console.phone, "admin", PASSWORD)
    other.wait_for_selector("#page")
    page.bring_to_front()
    expect(page.locator(NOTICE)).to_have_count(0)
    page.click("#submit-training_upload")
    page.wait_for_url(re.compile("/model/training/files/"))


def test_a_label_that_could_not_be_stored_keeps_its_comment(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}transactions?open=tx_00000001")
    page.fill("#say-comment", "chargeback was announced by telephone")
    end(redis_server)
    page.click("#verdict button[value=fraud]")
    expect(page.locator("#verdict [data-said]")).to_contain_text("Nothing was saved")
    expect(page.locator(NOTICE)).to_be_visible()
    assert page.input_value("#say-comment") == "chargeback was announced by telephone"
    log_in_again(page, console)
    assert page.input_value("#say-comment") == "chargeback was announced by telephone"


def test_a_click_on_a_row_of_the_paused_page_finds_out_too(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit().page
    page.click("#pause")
    end(redis_server)
    page.locator("#fraud_feed tbody tr").first.click()
    expect(page.locator(NOTICE)).to_be_visible(timeout=15_000)


def test_somebody_else_in_another_tab_sends_nothing_of_this_one(
    sit: Sit, console: Console, redis_server: Redis, db: Database
) -> None:
    with db.transaction() as connection:
        assert users.insert(connection, "eve", "admin", password_hash=QUICK.hash(PASSWORD))
    page = sit(wait=False).page
    page.goto(f"{console.url}users")
    page.fill("#f-name", "ann")
    other = page.context.new_page()
    other.goto(f"{console.url}account")
    other.click(".logout button")
    other.wait_for_selector("#user")
    come_in(other, Authenticator(), "eve", PASSWORD)
    other.wait_for_selector("#page")
    page.bring_to_front()
    page.click("text=Invite >> nth=-1")
    expect(page.locator(NOTICE)).to_contain_text("eve is logged in now")
    with db.transaction() as connection:
        assert users.by_name(connection, "ann") is None


def test_a_login_in_another_tab_lets_the_first_go_on_and_its_forms_work(
    sit: Sit, console: Console, redis_server: Redis
) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}users")
    page.fill("#f-name", "ann")
    page.select_option("#f-role", "analyst")
    end(redis_server)
    expect(page.locator(NOTICE)).to_be_visible()
    other = page.context.new_page()
    other.goto(console.url)
    come_in(other, console.phone, "admin", PASSWORD)
    other.wait_for_selector("#page")
    page.bring_to_front()
    expect(page.locator(NOTICE)).to_have_count(0)
    assert page.input_value("#f-name") == "ann"
    page.click("text=Invite >> nth=-1")
    expect(page.locator("#link")).to_contain_text("/login/invitation/")


def test_a_session_that_was_renewed_in_another_tab_breaks_no_form(sit: Sit, console: Console) -> None:
    first = sit(wait=False).page
    first.goto(f"{console.url}users")
    first.fill("#f-name", "bob")
    second = first.context.new_page()
    second.goto(f"{console.url}account")
    for name, value in (
        ("old", PASSWORD),
        ("new", "violet anchor misled tundra"),
        ("again", "violet anchor misled tundra"),
    ):
        second.fill(f"#f-{name}", value)
    before = first.context.cookies()
    second.click("text=Change password")
    expect(second.locator("#toast")).to_be_visible()
    assert first.context.cookies() != before, "the session was rotated"
    second.close()
    first.select_option("#f-role", "viewer")
    first.click("text=Invite >> nth=-1")
    expect(first.locator("#link")).to_contain_text("/login/invitation/")


def test_redis_away_is_no_log_out(sit: Sit, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}alerts")
    expect(page.locator("#page h1:visible")).to_have_count(1)
    with monkeypatch.context() as patched:

        def away(*_: object) -> None:
            raise RedisUnavailable("gone")

        patched.setattr(Sessions, "find", away)
        expect(page.locator("#away")).to_contain_text("Redis does not respond")
        assert page.locator(NOTICE).count() == 0
    expect(page.locator("#away")).to_have_count(0)
    assert page.url == f"{console.url}alerts"


def test_a_session_that_is_just_being_renewed_is_not_over(
    sit: Sit, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sit().page
    find, blind = Sessions.find, [1] * 2

    def briefly_gone(self: Sessions, token: str | None) -> Session | None:
        return None if blind and blind.pop() else find(self, token)

    with monkeypatch.context() as patched:
        patched.setattr(Sessions, "find", briefly_gone)
        page.wait_for_timeout(9000)
        assert not blind
    assert page.locator(NOTICE).count() == 0
    assert page.inner_text("#badge-word") == "LIVE"


def test_a_dialog_does_not_cover_the_notice(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}alerts")
    expect(page.locator("#page h1:visible")).to_have_count(1)
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    end(redis_server)
    expect(page.locator(f"dialog {NOTICE}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"body > {NOTICE}")).to_be_visible()
    log_in_again(page, console)


def test_the_notice_fits(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit("", wait=False, viewport={"width": 390, "height": 900}).page
    page.wait_for_selector("#kpis[data-state=ready]")
    end(redis_server)
    expect(page.locator(NOTICE)).to_be_visible()
    for width, least in ((390, 44), (1440, 32)):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        box = page.locator(NOTICE).bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        button = page.locator(f"{NOTICE} .btn").bounding_box()
        assert button
        assert button["height"] >= least
    assert re.search(r"at \d\d:\d\d:\d\d UTC", page.inner_text(NOTICE))
