"""Somebody who logs in over HTTP, through whatever stands before the console."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

import urllib3

from tests.people import Authenticator, enrolment_key, form_token, recovery_codes

if TYPE_CHECKING:
    from tests.growth.grown import Grown

PREFIX = "/admin/monitoring/"


class Person:
    """The first administrator, with a cookie jar and an authenticator."""

    def __init__(self, rig: "Grown") -> None:
        self._pool = urllib3.PoolManager(retries=False)
        self._base = f"http://127.0.0.1:{rig.settings.ports['console']}{PREFIX}"
        self._user, self._password = rig.settings.admin_user, rig.stack.first_password
        self._cookies: dict[str, str] = {}
        self._phone = Authenticator()

    def come_in(self) -> None:
        """Password, enrolment, code."""
        page = self._get("login")
        self._post("login", user=self._user, password=self._password, csrf=form_token(page))
        page = self._get("login/enrol")
        self._phone.scan(enrolment_key(page))
        done = self._post("login/enrol", csrf=form_token(page), code=self._phone.next())
        self._phone.recovery = recovery_codes(done)
        assert self.status("account") == 200

    @property
    def cookie(self) -> str:
        """What a browser would send."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def leave(self) -> None:
        """Log out."""
        self._post("logout", csrf=json.loads(self._get("login/session"))["csrf"])

    def status(self, path: str) -> int:
        """The status of a page."""
        return self._ask("GET", path).status

    def _get(self, path: str) -> str:
        return self._ask("GET", path).data.decode()

    def _post(self, path: str, **fields: str) -> str:
        return self._ask("POST", path, fields).data.decode()

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": self.cookie}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if fields is None else urlencode(fields)
        answer = self._pool.request(method, urljoin(self._base, path), body=body, headers=headers, redirect=False)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer
