"""The pages about people in a browser: login, account, users; dark, light and narrow; nothing scrolls sideways."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessible import ALL_LOOKS, faults, looks
from tests.browser.conftest import PASSWORD, Console, Seat
from tests.people import come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]


def test_an_administrator_invites_somebody_who_comes_in(sit: Sit, console: Console, browser: Browser) -> None:
    seat = sit("", wait=False)
    page = seat.page
    page.click("nav >> text=More")
    page.click("nav >> text=Users")
    page.fill("#f-name", "Not A Name")
    page.click("text=Invite >> nth=-1")
    expect(page.locator("#w-name")).to_contain_text("Names contain only letters, digits")
    assert page.input_value("#f-name") == "Not A Name"
    page.fill("#f-name", "Ann")
    page.select_option("#f-role", "analyst")
    page.click("text=Invite >> nth=-1")
    link = page.inner_text("#link")
    other = browser.new_context()
    guest = other.new_page()
    guest.goto(link)
    guest.fill("#password", "password1234")
    guest.fill("#again", "password1234")
    guest.click("button[type=submit]")
    expect(guest.locator("#wrong")).to_contain_text("too common")
    guest.fill("#password", "violet anchor misled tundra")
    guest.fill("#again", "violet anchor misled tundra")
    guest.click("button[type=submit]")
    guest.wait_for_url(re.compile("enrol"))
    other.close()
    page.goto(console.url + "users")
    expect(page.locator("table")).to_contain_text("ann")
    assert seat.complaints == ["Failed to load resource: the server responded with a status of 400 (BAD REQUEST)"]


@pytest.mark.timeout(600)  # five pages in four looks
def test_the_pages_are_accessible_and_fit(sit: Sit, console: Console) -> None:
    page = sit(wait=False, viewport={"width": 390, "height": 900}, color_scheme="light").page
    for path in ("account", "users", "users/1", "audit", "tokens"):
        page.goto(console.url + path)
        page.wait_for_selector("main h1")
        for look in looks(page, *ALL_LOOKS):
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, look)
            assert faults(page) == [], (path, look)


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_the_pages_of_the_door_are_accessible(browser: Browser, console: Console, mode: str) -> None:
    context = browser.new_context(color_scheme=mode, viewport={"width": 390, "height": 844})
    page = context.new_page()

    def look(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert faults(page) == [], name

    page.goto(console.url)
    look("login")
    page.goto(console.url + "login/emergency")
    look("emergency")
    page.goto(console.url)
    page.fill("#user", "admin")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("#secret")
    look("enrol")
    console.phone.scan(page.inner_text("#secret"))
    page.fill("#code", console.phone.next())
    page.click("button[type=submit]")
    console.phone.recovery = page.locator("#codes li").all_inner_texts()
    assert len(console.phone.recovery) == 10
    look("codes")
    page.context.clear_cookies()
    page.goto(console.url)
    page.fill("#user", "admin")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("#code")
    look("mfa")
    page.go_back()
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_selector("#page")
    context.close()
