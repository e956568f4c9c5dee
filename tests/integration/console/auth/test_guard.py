"""When the guard asks for a second factor anew, and how it answers those whom it does not let through."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.auth import assembly
from console.auth.guard import AHEAD_SECONDS, SIGNED_OUT, STEP_UP
from core import clock
from core.db.engine import Database
from core.identity import second_factors, users
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, Person
from tests.people import form_token, give_password
from tests.softkey import SoftKey

Make = Callable[[str, str], Person]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ann(person: Make, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody who showed a second factor at a moment at which the clock then stands still."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    return person("ann", "viewer")


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + seconds)


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (600, 200), (601, 403), (-AHEAD_SECONDS, 200), (-AHEAD_SECONDS - 1, 403)]
)
def test_a_factor_confirms_changes_for_ten_minutes_and_is_not_of_the_future(
    ann: Person, monkeypatch: pytest.MonkeyPatch, seconds: float, status: int
) -> None:
    csrf = ann.token()
    later(monkeypatch, seconds)
    assert ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf}).status_code == status


def test_the_dialog_of_a_page_is_told_why_it_asks_and_whether_the_code_was_wrong(
    ann: Person, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    csrf = ann.token()
    later(monkeypatch, 700)
    first = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf}, headers=JSON)
    assert (first.status_code, first.json["type"], first.json["wrong"], first.json["passkey"]) == (
        403, STEP_UP, False, "",
    )  # fmt: skip
    assert "more than 10 minutes ago" in first.json["detail"]
    wrong = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf, "code": "not-it"}, headers=JSON)
    assert (wrong.status_code, wrong.json["type"], wrong.json["wrong"]) == (403, STEP_UP, True)
    assert "The code is incorrect" in wrong.json["detail"]
    page = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf, "code": "not-it", "kept": ["this", "that"]})
    assert page.status_code == 401
    shown = page.get_data(as_text=True)
    assert re.findall(r'name="kept" value="(\w+)"', shown) == ["this", "that"]
    assert "not-it" not in shown
    with db.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM mfa_failures")).scalar_one() == 2


def test_a_confirmed_change_comes_with_a_new_cookie_and_the_old_one_is_over(
    app: App, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    csrf, before = ann.token(), ann.client.get_cookie("gatehouse_session", path=PREFIX)
    assert before
    later(monkeypatch, 700)
    answer = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf, **ann.phone.fields()})
    assert answer.status_code == 200
    assert ann.is_in()
    thief = app.test_client()
    thief.set_cookie("gatehouse_session", before.value, path=PREFIX)
    assert thief.get(PREFIX).status_code == 303


def test_a_token_may_come_in_a_header_and_must_be_the_sessions(ann: Person) -> None:
    csrf = ann.token()
    for given, status in ((csrf, 200), (csrf[:-1], 403), ("", 403), ("é", 403)):
        headers = {"X-CSRF-Token": given.encode().decode("latin-1"), "Accept": "*/*"}
        answer = ann.client.post(f"{PREFIX}account/codes", headers=headers)
        assert answer.status_code == status, given
        if status == 403:
            assert answer.json["field"] == "csrf"


def test_a_form_that_may_come_from_elsewhere_is_refused_rather_than_asked_for_again(ann: Person) -> None:
    headers = {"Accept": "text/html"}  # a browser that does not say where the form was
    answer = ann.client.post(f"{PREFIX}account/codes", data={"csrf": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "Reload the page" in answer.get_data(as_text=True)


def test_callbacks_need_json_and_no_token(ann: Person) -> None:
    path = f"{PREFIX}_dash-update-component"
    assert ann.client.post(path, data={"csrf": ann.token()}, headers=JSON).status_code == 415
    assert ann.client.post(path, json={}, headers=JSON).status_code == 400, "it reaches Dash"


def test_who_is_denied_makes_a_security_event(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, ...]] = []
    words = ("severity", "action", "outcome", "actor", "text")
    monkeypatch.setattr(assembly, "_later", lambda work: told.append(tuple(work.keywords[word] for word in words)))
    assert ann.client.get(f"{PREFIX}users", headers=JSON).status_code == 403
    [(severity, action, outcome, actor, said)] = told
    assert (severity, action, outcome, actor) == ("medium", "access", "failure", "ann")
    assert said.startswith("ann (viewer) was denied")


@pytest.mark.parametrize(
    "path", ["assets/base.css", "assets/gatehouse.css", "assets/js/base/passkey.js", "assets/fonts/inter.woff2"]
)
def test_the_login_page_has_its_looks_without_a_session(app: App, path: str) -> None:
    assert app.test_client().get(PREFIX + path).status_code == 200


def test_a_tool_without_an_accept_header_follows_a_page_to_the_login_and_reads_else_a_problem(app: App) -> None:
    def ask(method: str, path: str) -> tuple[int, str]:
        client = app.test_client()
        answer = client.open(PREFIX + path, method=method, headers={"Sec-Fetch-Mode": "cors"})
        return answer.status_code, answer.headers.get("Location", "")

    assert ask("GET", "account") == (303, f"{PREFIX}login?next=%2Fadmin%2Fmonitoring%2Faccount")
    assert ask("GET", "live") == (401, "")
    assert ask("POST", "account/codes") == (401, "")
    other = app.test_client().get(f"{PREFIX}account", headers={"Sec-Fetch-Mode": "cors", "Accept": "*/*"})
    assert (other.status_code, other.json["type"]) == (401, SIGNED_OUT)


def test_a_head_request_is_led_to_the_login_like_a_get_without_its_way_back(app: App) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = app.test_client().head(f"{PREFIX}account", headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PREFIX}login")
    out = app.test_client().post(f"{PREFIX}logout", headers=headers)
    assert (out.status_code, out.headers["Location"]) == (303, f"{PREFIX}login"), "there is nothing to send again"


@pytest.mark.parametrize("ending", ["changed", "gone"])
def test_an_account_that_ends_between_the_guard_and_the_factor_ends_the_request(
    ann: Person, monkeypatch: pytest.MonkeyPatch, db: Database, ending: str
) -> None:
    csrf, by_id, passkeys = ann.token(), users.by_id, second_factors.passkeys
    later(monkeypatch, 700)

    def meanwhile(connection: Any, user_id: int) -> Any:
        with db.transaction() as other:
            users.end_epoch(other, user_id)
        return passkeys(connection, user_id)

    if ending == "changed":
        monkeypatch.setattr(second_factors, "passkeys", meanwhile)
    else:
        monkeypatch.setattr(users, "by_id", lambda *given, **more: by_id(*given, **more) if more else None)
    answer = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf, **ann.phone.fields()}, headers=JSON)
    assert answer.status_code == 401
    assert "has ended" in answer.json["detail"]


def test_who_has_a_key_and_no_authenticator_confirms_with_the_key(
    ann: Person, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    key = SoftKey()
    options = json.loads(ann.post("account/passkeys/new")[1])["passkey"]
    assert ann.post("account/passkeys", credential=key.create(options), name="key")[0] == 303
    with db.transaction() as connection:
        connection.execute(text("UPDATE users SET enrolled_at = NULL, totp_secret = NULL WHERE name = 'ann'"))
    place = give_password(ann.client, PREFIX, "ann", PASSWORD).headers["Location"]
    page = ann.client.get(place).get_data(as_text=True)
    asked = re.search(r'data-passkey-get="([^"]+)"', page)
    assert asked
    shown = {"csrf": form_token(page), "passkey": key.get(html.unescape(asked[1]))}
    assert ann.client.post(place, data=shown).status_code == 303
    later(monkeypatch, 700)
    csrf = ann.token()
    first = ann.client.post(f"{PREFIX}account/codes", data={"csrf": csrf}, headers=JSON)
    assert (first.status_code, first.json["type"]) == (403, STEP_UP)
    again = {"csrf": csrf, "passkey": key.get(first.json["passkey"])}
    assert ann.client.post(f"{PREFIX}account/codes", data=again).status_code == 200
