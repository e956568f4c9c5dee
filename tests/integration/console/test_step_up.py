"""Every way to change an account wants a second factor that was shown lately, at the request that commits."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from console.app import PREFIX
from console.auth import permissions
from console.auth.challenges import Challenges
from core import clock
from core.db.engine import Database
from core.db.redis_client import Live
from core.identity import users
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, Person
from tests.people import form_token, give_password
from tests.softkey import SoftKey

Make = Callable[[str, str], Person]
NEW = "violet anchor misled tundra"
# What an account is: everything that opens a door, but for the counters that each login moves.
TABLES = (
    "SELECT id, name, email, role, password_hash, oidc_subject, encode(totp_secret, 'hex') FROM users",
    "SELECT id, enrolled_at, disabled_at, locked_at, break_glass FROM users",
    "SELECT user_id, encode(credential, 'hex'), name FROM passkeys",
    "SELECT user_id, slot, hash FROM recovery_codes",
    "SELECT digest, user_id, used_at FROM invitations",
    "SELECT id, name, scopes, revoked_at FROM api_tokens",
)  # fmt: skip


def account_state(db: Database) -> list[Any]:
    with db.transaction() as connection:
        return [sorted(map(repr, connection.execute(text(one)).all())) for one in TABLES]


def id_of(db: Database, name: str) -> int:
    with db.transaction() as connection:
        found = users.by_name(connection, name)
    assert found
    return found.id


def creation_options(page: str) -> str:
    return str(json.loads(page)["passkey"])


def request_options(page: str) -> str:
    found = re.search(r'data-passkey-get="([^"]+)"', page)
    assert found, page
    return html.unescape(found.group(1))


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + seconds)


def add_key(someone: Person, name: str = "key") -> SoftKey:
    key = SoftKey()
    options = creation_options(someone.post("account/passkeys/new")[1])
    assert someone.post("account/passkeys", credential=key.create(options), name=name)[0] == 303
    return key


def paths(app: App, numbers: dict[str, str]) -> dict[str, str]:
    """Every route that takes a change, with a path that means something that exists."""
    found = {}
    for rule in app.url_map.iter_rules():
        name = permissions.name_of(rule.endpoint, PREFIX)
        if "POST" in (rule.methods or ()) and name in permissions.REQUIRED_ROLE and name != "_dash-update-component":
            found[name] = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: numbers.get(match[1], "1"), rule.rule)
    return found


def forms(key: SoftKey, options: str) -> dict[str, Any]:
    """Fields under which any of the routes would do something; `name` is both a person's and a token's."""
    return {
        "old": PASSWORD, "new": NEW, "again": NEW, "password": NEW, "credential": key.create(options),
        "passkey": key.create(options), "name": "newcomer", "email": "", "role": "operator", "scope": "ingest",
    }  # fmt: skip


def test_with_a_stale_factor_no_route_changes_an_account(
    app: App, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = person("admin", "admin")
    person("ann", "viewer")
    add_key(admin)
    options = creation_options(admin.post("account/passkeys/new")[1])
    assert admin.post("tokens", name="shop", scope="ingest")[0] == 200
    with db.transaction() as connection:
        passkey = str(connection.execute(text("SELECT id FROM passkeys")).scalar_one())
        token = str(connection.execute(text("SELECT id FROM api_tokens")).scalar_one())
    numbers = {"user_id": str(id_of(db, "ann")), "passkey_id": passkey, "token_id": token, "digest": "0" * 64}
    routes = paths(app, numbers)
    fields = forms(SoftKey(), options)
    before = account_state(db)
    later(monkeypatch, 601)
    csrf = admin.token()
    for name, path in routes.items():
        if name == "logout":
            continue
        status = admin.client.post(path, data={"csrf": csrf, **fields}).status_code
        assert account_state(db) == before, name
        if name in permissions.STEP_UP_REQUIRED:
            assert status in (401, 403), name
        with db.transaction() as connection:  # the third wrong factor would lock
            connection.execute(text("DELETE FROM mfa_failures"))
    assert admin.is_in()


@pytest.mark.parametrize(
    "name",
    [
        "account_password", "account_codes", "passkey_add", "passkey_remove", "user_invite", "user_role",
        "user_disable", "user_reset_mfa", "user_link", "token_create", "token_revoke",
    ],
)  # fmt: skip
def test_with_a_fresh_factor_the_same_request_changes_it(app: App, person: Make, db: Database, name: str) -> None:
    """The counterpart, so that the walk above cannot pass by sending nonsense."""
    admin = person("admin", "admin")
    person("ann", "viewer")
    add_key(admin)
    admin.post("tokens", name="shop", scope="ingest")
    options = creation_options(admin.post("account/passkeys/new")[1])
    with db.transaction() as connection:
        passkey = str(connection.execute(text("SELECT id FROM passkeys")).scalar_one())
        token = str(connection.execute(text("SELECT id FROM api_tokens")).scalar_one())
    numbers = {"user_id": str(id_of(db, "ann")), "passkey_id": passkey, "token_id": token, "digest": "0" * 64}
    before = account_state(db)
    answer = admin.client.post(
        paths(app, numbers)[name], data={"csrf": admin.token(), **forms(SoftKey(), options), "passkey": ""}
    )
    assert answer.status_code in (200, 303)
    assert account_state(db) != before


def test_a_key_cannot_confirm_its_own_registration(
    app: App, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("ann", "viewer")
    own, key = add_key(ann, "own"), SoftKey()
    options = creation_options(ann.post("account/passkeys/new")[1])
    later(monkeypatch, 601)
    empty = ann.post("account/passkeys", name="mine", passkey="", credential="")
    assert empty[0] == 403
    assert "data-passkey-create" not in empty[1]
    asked = request_options(empty[1])
    for answer in (key.create(options), key.get(options), key.get(asked), key.create(asked), own.get(options)):
        status, page = ann.post("account/passkeys", name="mine", credential=key.create(options), passkey=answer)
        assert status in (401, 403)
        with db.transaction() as connection:  # two wrong ones a time: the third would lock
            connection.execute(text("DELETE FROM mfa_failures"))
        asked = request_options(page)
    with db.transaction() as connection:
        assert connection.execute(text("SELECT name FROM passkeys")).scalars().all() == ["own"]


def test_a_registration_goes_on_after_the_confirmation(
    app: App, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("ann", "viewer")
    later(monkeypatch, 590)
    options = creation_options(ann.post("account/passkeys/new")[1])
    later(monkeypatch, 20)
    key = SoftKey()
    status, page = ann.post("account/passkeys", name="mine", credential=key.create(options))
    assert status == 403
    kept = re.search(r'name="credential" value="([^"]+)"', page)
    assert kept
    fields = {"name": "mine", "credential": html.unescape(kept.group(1)), **ann.phone.fields()}
    assert ann.post("account/passkeys", **fields)[0] == 303
    later(monkeypatch, 601)
    status, page = ann.post("account/codes")
    assert status == 403
    assert ann.post("account/codes", passkey=key.get(request_options(page)))[0] == 200
    assert ann.post("account/codes")[0] == 200


def test_a_challenge_counts_once_for_its_purpose_person_and_session(app: App, live: Live) -> None:
    challenges, key = Challenges(live), SoftKey()

    def answer(challenge: str) -> str:
        from tests.softkey import b64

        return key.get(f'{{"challenge": "{b64(bytes.fromhex(challenge))}"}}')

    fresh = challenges.make("step-up", 7, "a-session")
    assert challenges.take(answer(fresh), "step-up", 7, "a-session") == fresh
    assert challenges.take(answer(fresh), "step-up", 7, "a-session") == ""
    for wrong in (("login", 7, "a-session"), ("step-up", 8, "a-session"), ("step-up", 7, "another")):
        fresh = challenges.make("step-up", 7, "a-session")
        assert challenges.take(answer(fresh), *wrong) == ""  # type: ignore[arg-type]
        assert challenges.take(answer(fresh), "step-up", 7, "a-session") == "", "a wrong use uses it up"
    for nonsense in ("", "{}", "[]", '{"response": {"clientDataJSON": 5}}', "\x00"):
        assert challenges.take(nonsense, "step-up", 7, "a-session") == ""
    challenges.make("step-up", 7, "a-session")
    [name] = live.redis.keys("gatehouse:challenge:*")
    assert 0 < live.redis.ttl(name) <= 300


def test_a_passkey_logs_in_by_a_login_challenge_only(app: App, person: Make) -> None:
    ann = person("ann", "viewer")
    key = add_key(ann)

    def half() -> tuple[FlaskClient, str, str]:
        client = app.test_client()
        place = give_password(client, PREFIX, "ann", PASSWORD).headers["Location"]
        page = client.get(place).get_data(as_text=True)
        return client, request_options(page), form_token(page)

    client, options, token = half()
    _, others, _ = half()
    data = {"csrf": token, "passkey": key.get(others)}
    assert client.post(f"{PREFIX}login/mfa", data=data).status_code == 401
    assert client.post(f"{PREFIX}login/mfa", data={**data, "passkey": key.get(options)}).status_code == 303
    assert client.get(PREFIX).status_code == 200
