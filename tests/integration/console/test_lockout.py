"""A4 and X3: three wrong codes lock an account on any worker; a stranger with a user name locks nobody out."""

import http.client
import threading
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.auth import assembly, totp
from core import clock
from core.db.engine import Database
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, VARIABLES
from tests.people import Authenticator, form_token, give_password, log_in, session_token
from tests.serving import served


class Wire:
    """A plain HTTP client with cookies; one connection a request."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(str(self._to.hostname), self._to.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(data) if data is not None else None, headers)
        answer = connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        body = answer.read().decode()
        connection.close()
        return answer.status, body


def test_two_hundred_parallel_wrong_codes_are_judged_three_times(
    phone: Authenticator, db: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(database_url, redis_url, tmp_path, 3, "monitoring_dashboard:app", VARIABLES) as (url, _):
        wire = Wire(url)
        _, page = wire.ask("GET", f"{PREFIX}login")
        token = form_token(page)
        assert wire.ask("POST", f"{PREFIX}login", {"user": "admin", "password": PASSWORD, "csrf": token})[0] == 303
        step = totp.step_at(clock.now())
        right = {totp.code(phone.secret, step + offset) for offset in range(-3, 5)}
        wrong = next(f"{n:06d}" for n in range(1000) if f"{n:06d}" not in right)
        found: list[tuple[int, str]] = []
        gate = threading.Barrier(40)

        def guess() -> None:
            gate.wait()
            for _ in range(5):
                found.append(wire.ask("POST", f"{PREFIX}login/mfa", {"code": wrong, "csrf": token}))

        threads = [threading.Thread(target=guess) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 200
        assert {status for status, _ in found} == {401}
        assert sum("incorrect, expired or already used" in page for _, page in found) == 2
        assert sum("Too many incorrect codes" in page for _, page in found) == 1
        assert sum("This account is locked" in page for _, page in found) == 197
        late, page = wire.ask("POST", f"{PREFIX}login/mfa", {"code": phone.next(), "csrf": token})
        assert late == 401
        assert "This account is locked" in page
    with db.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM mfa_failures")).scalar_one() == 3
        row = connection.execute(text("SELECT locked_reason FROM users")).scalar_one()
        assert row == "3 failed MFA attempts in 5 minutes"
        actions = connection.execute(text("SELECT action FROM audit_log ORDER BY seq")).scalars().all()
        assert actions[-1] == "user.lock"


def test_the_lock_ends_the_sessions_at_once(app: App, phone: Authenticator) -> None:
    inside = app.test_client()
    assert log_in(inside, PREFIX, "admin", PASSWORD, phone).status_code == 303
    assert inside.get(PREFIX).status_code == 200
    guesser = app.test_client()
    give_password(guesser, PREFIX, "admin", PASSWORD)
    token = form_token(guesser.get(f"{PREFIX}login/mfa").get_data(as_text=True))
    for _ in range(3):
        guesser.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": "not-it"})
    assert inside.get(PREFIX).status_code == 303


def test_three_wrong_codes_over_a_longer_time_do_not_lock(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    give_password(client, PREFIX, "admin", PASSWORD)
    token = form_token(client.get(f"{PREFIX}login/mfa").get_data(as_text=True))
    start = clock.now()
    for minutes in (0, 3, 6):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: start + 60 * minutes)
        page = client.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": "000"}).get_data(as_text=True)
        assert "incorrect, expired or already used" in page


def test_a_code_is_accepted_once_and_within_one_step(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now() + 3600  # away from the steps that the enrolment used
    monkeypatch.setattr(clock, "now", lambda: start)
    now = totp.step_at(start)
    for step, good in ((now - 2, False), (now - 1, True), (now - 1, False), (now + 1, True), (now, False)):
        client = app.test_client()
        give_password(client, PREFIX, "admin", PASSWORD)
        token = form_token(client.get(f"{PREFIX}login/mfa").get_data(as_text=True))
        answer = client.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": totp.code(phone.secret, step)})
        assert (answer.status_code == 303) is good, step - now


def test_a_stranger_who_knows_the_name_does_not_keep_the_owner_out(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = app.test_client()
    assert log_in(owner, PREFIX, "admin", PASSWORD, phone).status_code == 303
    token = session_token(owner, PREFIX)
    owner.post(f"{PREFIX}logout", data={"csrf": token})
    start, statuses = clock.now(), []
    stranger = app.test_client()
    page = stranger.get(f"{PREFIX}login").get_data(as_text=True)
    data = {"user": "admin", "password": "guess", "csrf": form_token(page)}
    for second in range(0, 600, 2):
        monkeypatch.setattr(clock, "now", lambda second=second: start + second)
        elsewhere = {"REMOTE_ADDR": f"203.0.113.{second % 100}"}  # many addresses: no limit of one helps
        statuses.append(stranger.post(f"{PREFIX}login", data=data, environ_base=elsewhere).status_code)
    assert statuses.count(401) < 20  # judged
    assert statuses.count(429) > 250
    assert give_password(app.test_client(), PREFIX, "admin", PASSWORD).status_code == 429  # an unknown browser waits
    assert log_in(owner, PREFIX, "admin", PASSWORD, phone).status_code == 303


def test_the_break_glass_administrator_gets_in_by_a_recovery_code_although_locked(
    app: App, phone: Authenticator, db: Database
) -> None:
    guesser = app.test_client()
    give_password(guesser, PREFIX, "admin", PASSWORD)
    token = form_token(guesser.get(f"{PREFIX}login/mfa").get_data(as_text=True))
    for _ in range(3):
        guesser.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": "1"})
    client = app.test_client()
    assert give_password(client, PREFIX, "admin", PASSWORD).status_code == 403
    token = form_token(client.get(f"{PREFIX}login/emergency").get_data(as_text=True))
    data = {"user": "admin", "password": PASSWORD, "csrf": token}
    wrong = client.post(f"{PREFIX}login/emergency", data={**data, "recovery": "0-aaaaa-aaaaa"})
    assert wrong.status_code == 401
    code = phone.recovery.pop(3)
    assert client.post(f"{PREFIX}login/emergency", data={**data, "recovery": code}).status_code == 303
    assert client.get(PREFIX).status_code == 200
    again = app.test_client()
    token = form_token(again.get(f"{PREFIX}login/emergency").get_data(as_text=True))
    assert again.post(f"{PREFIX}login/emergency", data={**data, "csrf": token, "recovery": code}).status_code == 401
    with db.transaction() as connection:
        assert "break-glass" in connection.execute(text("SELECT action FROM audit_log")).scalars().all()


def test_an_unknown_user_is_answered_like_a_known_one(app: App, phone: Authenticator) -> None:
    client = app.test_client()
    known = give_password(client, PREFIX, "admin", "guess")
    unknown = give_password(client, PREFIX, "nobody", "guess")
    assert known.status_code == unknown.status_code == 401
    pages = [answer.get_data(as_text=True).replace("nobody", "admin") for answer in (known, unknown)]
    assert pages[0] == pages[1]


def test_a_lock_is_a_critical_event_and_a_burst_of_failures_a_high_one(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    words = ("severity", "action")
    monkeypatch.setattr(assembly, "_later", lambda work: told.append(tuple(work.keywords[word] for word in words)))
    client = app.test_client()
    for _ in range(6):
        give_password(client, PREFIX, "admin", "guess")
    assert told.count(("high", "password-burst")) == 1
    assert told.count(("medium", "login")) >= 5
    emergency = app.test_client()
    token = form_token(emergency.get(f"{PREFIX}login/emergency").get_data(as_text=True))
    data = {"user": "admin", "password": PASSWORD, "csrf": token}
    for _ in range(3):
        emergency.post(f"{PREFIX}login/emergency", data={**data, "recovery": "0-aaaaa-aaaaa"})
    assert told.count(("critical", "mfa-lock")) == 1
    emergency.post(f"{PREFIX}login/emergency", data={**data, "recovery": phone.recovery[2]})
    assert told.count(("critical", "break-glass")) == 1
