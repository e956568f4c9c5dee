"""One canonical name and one canonical client for look-up and every counter; the emergency entrance is no oracle."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from console.app import PREFIX
from console.auth import mfa
from core import clock
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import BadInput
from core.identity import users
from core.web.app import App
from tests.integration.console.conftest import HASH, PASSWORD, VARIABLES, Person
from tests.people import Authenticator, form_token, give_password

Make = Callable[[str, str], Person]
SPELLINGS = ("admin", "ADMIN", " admin", "ad\u200bmin", "ａｄｍｉｎ", "\u202eadmin", "adm\u00adin", "ad\u3164min")


@pytest.fixture(autouse=True)
def _from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VARIABLES, "GATEHOUSE_NETWORKS", "0.0.0.0/0, ::/0")


def guess(app: App, name: str, address: str) -> int:
    client = app.test_client()
    token = form_token(client.get(f"{PREFIX}login", environ_base={"REMOTE_ADDR": address}).get_data(as_text=True))
    data = {"user": name, "password": "guess", "csrf": token}
    return client.post(f"{PREFIX}login", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def test_a_name_is_counted_once_however_it_is_spelt(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    found = [guess(app, SPELLINGS[n % len(SPELLINGS)], f"203.0.113.{n}") for n in range(16)]
    assert found == [401] * 6 + [429] * 10


def test_every_spelling_opens_the_account(app: App, phone: Authenticator) -> None:
    for spelling in SPELLINGS:
        assert give_password(app.test_client(), PREFIX, spelling, PASSWORD).status_code == 303, ascii(spelling)


def test_a_client_with_a_whole_network_is_one_client(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    found = [guess(app, f"user{n}", f"2001:db8:1:2::{n + 1:x}") for n in range(24)]
    assert found == [401] * 21 + [429] * 3
    assert guess(app, "user99", "2001:db8:1:3::1") == 401


def test_an_older_name_goes_on_and_nothing_new_looks_like_it(app: App, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(
            text("INSERT INTO users (name, role, password_hash, passkey_handle) VALUES (:name, 'viewer', :hash, 'x')"),
            {"name": "straße", "hash": HASH},
        )
        assert users.insert(connection, "strasse", "viewer") is None
        found = users.by_name(connection, "Straße")
    assert found
    assert found.name == "straße"
    assert give_password(app.test_client(), PREFIX, "Straße", PASSWORD).status_code == 303


@pytest.mark.parametrize("name", ["gatehouse", "System", "аdmin", "a\u202eb", "collector", "", "a b", "token:1"])
def test_no_way_of_making_an_account_takes_such_a_name(app: App, person: Make, db: Database, name: str) -> None:
    with pytest.raises(BadInput), db.transaction() as connection:
        users.insert(connection, name, "viewer")
    with pytest.raises(BadInput), db.transaction() as connection:
        users.seed(connection, name, HASH)
    admin = person("admin", "admin")
    status, page = admin.post("users/invite", name=name, role="viewer")
    assert status == 400
    assert '"fields":{"name":' in page
    with db.transaction() as connection:
        assert [user.name for user in users.listing(connection)] == ["admin"]


def emergency(client: FlaskClient, password: str, recovery: str, user: str = "admin") -> tuple[int, str]:
    token = form_token(client.get(f"{PREFIX}login/emergency").get_data(as_text=True))
    data = {"user": user, "password": password, "recovery": recovery, "csrf": token}
    answer = client.post(f"{PREFIX}login/emergency", data=data)
    return answer.status_code, answer.get_data(as_text=True).replace(token, "")


def test_a_stranger_at_the_login_does_not_shut_the_emergency_entrance_nor_the_reverse(
    app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    assert [guess(app, f"user{n}", "127.0.0.1") for n in range(23)][-1] == 429
    client = app.test_client()
    assert emergency(client, PASSWORD, phone.recovery.pop())[0] == 303
    monkeypatch.setattr(mfa, "REFUSAL_SECONDS", 0.0)
    monkeypatch.setattr(clock, "now", lambda: now + 3600)
    found = [emergency(app.test_client(), "guess", "0-aaaaa-aaaaa")[0] for _ in range(23)]
    assert found == [401] * 21 + [429] * 2
    assert guess(app, "somebody", "127.0.0.1") == 401


def test_the_emergency_entrance_does_not_tell_a_right_password_from_a_wrong_one(
    app: App, phone: Authenticator, person: Make, db: Database, live: Live
) -> None:
    person("ann", "viewer")  # has a password, and no emergency entrance
    tries = {
        "right password": ("admin", PASSWORD), "wrong password": ("admin", "guess"), "nobody": ("nobody", "guess"),
        "no break-glass": ("ann", PASSWORD),
    }  # fmt: skip
    answers: dict[str, set[tuple[int, str]]] = {name: set() for name in tries}
    seconds: dict[str, list[float]] = {name: [] for name in tries}
    counts: dict[str, int] = {}
    for _ in range(5):
        for name, (user, password) in tries.items():
            for key in live.redis.keys("gatehouse:{attempts}:*"):
                live.redis.delete(key)
            with db.transaction() as connection:  # the third would lock, as it must
                connection.execute(text("DELETE FROM mfa_failures"))
            since = time.monotonic()
            status, page = emergency(app.test_client(), password, "0-aaaaa-aaaaa", user)
            seconds[name].append(time.monotonic() - since)
            answers[name].add((status, page.replace(f'value="{user}"', 'value=""')))
            [counter] = live.redis.keys("gatehouse:{attempts}:emergency:*")
            counts[name] = int(live.redis.hget(counter, "n"))
    assert len(set.union(*answers.values())) == 1
    assert set(counts.values()) == {1}, "a right password gave the attempt back"
    assert min(min(found) for found in seconds.values()) >= mfa.REFUSAL_SECONDS
