"""A passkey in a browser: made on the account page, used at the login, removed; a virtual authenticator signs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from stack.redis import Redis
from tests.browser.ageing import age_factor
from tests.browser.conftest import PASSWORD, Console, Seat
from tests.people import come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]


def plug_in(page: Page) -> None:
    """A virtual security key that is always touched."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_used_and_removed(sit: Sit, console: Console) -> None:
    page = sit(wait=False).page
    page.context.clear_cookies()
    url = console.url.replace("127.0.0.1", "localhost")
    page.goto(url)
    plug_in(page)
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_selector("#page")
    page.goto(f"{url}account")
    page.click("text=Add a passkey")
    page.fill("#passkey-name", "Key in the drawer")
    page.click("text=Create passkey")
    expect(page.locator("#factors")).to_contain_text("Key in the drawer")
    page.click("button[aria-label='Log out admin']")
    page.fill("#user", "admin")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.click("text=Use a passkey")
    page.wait_for_selector("#page")
    page.goto(f"{url}account")
    page.click("#factors >> text=Remove")
    page.click("dialog[open] .buttons >> text=Remove")
    expect(page.locator("#toast")).to_contain_text("Passkey removed.")
    expect(page.locator("main")).to_contain_text("No passkeys yet")


def test_a_passkey_confirms_a_change_in_the_dialog(sit: Sit, console: Console, redis_server: Redis) -> None:
    page = sit(wait=False).page
    page.context.clear_cookies()
    url = console.url.replace("127.0.0.1", "localhost")
    page.goto(url)
    plug_in(page)
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_selector("#page")
    page.goto(f"{url}account")
    page.click("text=Add a passkey")
    page.click("text=Create passkey")
    expect(page.locator("#factors")).to_contain_text("This device")
    age_factor(redis_server)
    page.click("#new-codes")
    page.click("dialog[open] .buttons >> text=New recovery codes")
    page.click("dialog[open] >> text=Use a passkey")
    expect(page.locator("#link")).to_contain_text("0-")
    assert len(page.inner_text("#link").split()) == 10


def test_an_address_without_a_name_says_why_there_are_no_passkeys(sit: Sit, console: Console) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}account")
    page.click("text=Add a passkey")
    expect(page.locator("#toast")).to_contain_text("need a host name")
