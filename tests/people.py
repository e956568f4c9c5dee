"""How tests log in: through the real pages, with an authenticator that computes codes as a phone does.

`enter` is for tests that only need somebody who is in: it stores what the pages of a first login would have stored.
"""

import re
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from argon2 import PasswordHasher
from werkzeug.http import parse_cookie

from console.auth import factor, mfa, passwords, totp
from console.auth.context import COOKIE, DEVICE_COOKIE
from console.auth.login_challenge import Pending
from core import clock
from core.identity import users
from tests import quick_apps

# The strength of a hash is the subject of tests/unit/console/test_passwords.py; everywhere else it only costs time.
QUICK = PasswordHasher(1, 8, 1)


class Authenticator:
    """An authenticator app with one account; it also keeps the recovery codes. A code is never shown twice.

    When every step that would be accepted now is used up, `next` is empty and a recovery code is due.
    """

    def __init__(self) -> None:
        self.secret = b""
        self.recovery: list[str] = []
        self.last = 0  # the step of the code that was shown last

    def scan(self, key: str) -> None:
        """Take over the key that the enrolment page shows."""
        text = "".join(key.split())
        self.secret = b32decode(text + "=" * (-len(text) % 8))
        self.last = 0

    def next(self) -> str:
        """A code that the product has not seen yet, or empty."""
        now = totp.step_at(clock.now())
        step = max(now - 1, self.last + 1)
        if step > now + 1 or (step == now - 1 and clock.now() % 30 > 27):
            step += step <= now
        if step > now + 1:
            return ""
        self.last = step
        return totp.code(self.secret, step)

    def fields(self) -> dict[str, str]:
        """The form fields of a second factor."""
        code = self.next()
        return {"code": code} if code else {"recovery": self.recovery.pop(0)}


def form_token(page: str) -> str:
    """The token in a form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def session_token(client: Any, prefix: str) -> str:
    """The token of the forms of somebody who is logged in."""
    return str(client.get(f"{prefix}login/session").get_json()["csrf"])


def enrolment_key(page: str) -> str:
    """The key that an enrolment page shows."""
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found, page
    return found.group(1)


def recovery_codes(page: str) -> list[str]:
    """The codes that are shown once."""
    return re.findall(r"<li>(\d-\w{5}-\w{5})</li>", page)


@contextmanager
def quick_hashes() -> Iterator[None]:
    """The recovery codes of an enrolment and a password's new hash take half a second; here they take a moment."""
    slow = factor._hasher, passwords._hasher
    factor._hasher, passwords._hasher = QUICK, QUICK
    try:
        yield
    finally:
        factor._hasher, passwords._hasher = slow


def give_password(client: Any, prefix: str, user: str, password: str, query: str = "") -> Any:
    """Fill in the login page of a Flask test client; the answer."""
    token = form_token(client.get(f"{prefix}login").get_data(as_text=True))
    return client.post(f"{prefix}login{query}", data={"user": user, "password": password, "csrf": token})


def log_in(client: Any, prefix: str, user: str, password: str, phone: Authenticator, query: str = "") -> Any:
    """The whole login of a Flask test client, enrolment included; the last answer (303 when it worked)."""
    with quick_hashes():
        return _log_in(client, prefix, user, password, phone, query)


def _log_in(client: Any, prefix: str, user: str, password: str, phone: Authenticator, query: str) -> Any:
    answer = give_password(client, prefix, user, password, query)
    if answer.status_code != 303:
        return answer
    place = answer.headers["Location"]
    page = client.get(place).get_data(as_text=True)
    token = form_token(page)
    if place.endswith("/enrol"):
        phone.scan(enrolment_key(page))
        answer = client.post(place, data={"csrf": token, "code": phone.next()})
        phone.recovery = recovery_codes(answer.get_data(as_text=True))
        return answer
    return client.post(place, data={"csrf": token, **phone.fields()})


def enter(app: Any, prefix: str, user: str, phone: Authenticator) -> Any:
    """A Flask test client of somebody who has just enrolled; no page before that is asked for."""
    client, door = app.test_client(), quick_apps.door(app)
    phone.scan(totp.readable(totp.new_secret()))
    here = app.test_request_context(f"{prefix}login/enrol", method="POST", environ_base=client.environ_base)
    with quick_hashes(), here:
        door.seed()
        with door.database.transaction() as connection:
            found = users.by_name(connection, user)
        assert found is not None
        phone.next()
        answer = mfa._enrol(door, Pending(found.id, found.epoch, prefix), phone.secret, phone.last)
    assert answer.status_code == 200
    phone.recovery = recovery_codes(answer.get_data(as_text=True))
    for cookie in map(parse_cookie, answer.headers.getlist("Set-Cookie")):
        for name in {COOKIE, DEVICE_COOKIE} & cookie.keys():
            client.set_cookie(name, cookie[name], path=prefix)
    return client


def come_in(page: Any, phone: Authenticator, user: str, password: str) -> None:
    """The whole login in a browser (Playwright), from the login page to the page that was wanted."""
    page.fill("#user", user)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(r"/login/(mfa|enrol)"))
    if "/enrol" in page.url:
        phone.scan(page.inner_text("#secret"))
        page.fill("#code", phone.next())
        page.click("button[type=submit]")
        phone.recovery = page.locator("#codes li").all_inner_texts()
        page.click("#go")
        return
    fields = phone.fields()
    if "recovery" in fields:
        page.click("summary")
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button[type=submit]")


def carry_in(context: Any, app: Any, url: str, phone: Authenticator, user: str, password: str) -> None:
    """A login without a browser, and its cookies into a browser (a context of Playwright) before `url`."""
    prefix = f"/{url.split('/', 3)[3]}"
    if phone.secret:
        client = app.test_client()
        assert log_in(client, prefix, user, password, phone).status_code == 303
    else:
        client = enter(app, prefix, user, phone)
    kept = [client.get_cookie(name, path=prefix) for name in (COOKIE, DEVICE_COOKIE)]
    context.add_cookies(
        [{"name": one.key, "value": one.value, "url": url, "httpOnly": True, "sameSite": "Strict"} for one in kept]
    )
