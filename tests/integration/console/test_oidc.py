"""OpenID Connect against a small provider of our own that can be made to lie: every tampering is refused."""

import hmac
import html
import json
import re
import shutil
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from console.app import PREFIX, create_app
from console.auth.login_challenge import COOKIE as PENDING_COOKIE
from core import clock, codec, settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.identity import users
from core.settings import ROOT
from core.web.app import App
from tests.integration.console.conftest import VARIABLES
from tests.people import Authenticator, enrolment_key, form_token, session_token
from tests.softkey import SoftKey

KEY = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})


class Liar:
    """A provider: `claims` and `key` make its ID token; it remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.key: Any = KEY
        self.claims: dict[str, Any] = {}
        self.header = {"alg": "RS256", "kid": "one"}
        self.asked: dict[str, str] = {}
        self.exchanged: list[dict[str, str]] = []

    def sign(self, claims: dict[str, Any]) -> str:
        """The token; for HS256 signed with the public key as a secret (the classic confusion), for none not at all."""
        if self.header["alg"] == "RS256":
            return jwt.encode(self.header, claims, self.key, algorithms=["RS256"])
        parts = ".".join(urlsafe_b64encode(codec.encode(part)).decode().rstrip("=") for part in (self.header, claims))
        digest = hmac.digest(KEY.as_pem(private=False), parts.encode(), "sha256")
        signature = urlsafe_b64encode(digest).decode().rstrip("=") if self.header["alg"] == "HS256" else ""
        return f"{parts}.{signature}"

    def app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            names = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/jwks"}
            return {"issuer": self.url, **{name: self.url + path for name, path in names.items()}}

        @app.get("/jwks")
        def jwks() -> Response:
            return Response(codec.encode({"keys": [KEY.as_dict(private=False)]}), content_type="application/json")

        @app.post("/token")
        def token() -> dict[str, str]:
            self.exchanged.append({**request.form, "authorization": request.headers.get("Authorization", "")})
            now = int(clock.now())
            usual = {
                "iss": self.url, "aud": "gatehouse", "sub": "s-1", "exp": now + 300, "iat": now,
                "nonce": self.asked["nonce"], "preferred_username": "Dana", "groups": ["gatehouse-operators", "x"],
            }  # fmt: skip
            claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
            return {"id_token": self.sign(claims)}

        return app


@pytest.fixture
def provider() -> Iterator[Liar]:
    liar = Liar()
    server = make_server("127.0.0.1", 0, liar.app(), threaded=True)
    liar.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield liar
    server.shutdown()


@pytest.fixture
def app(redis_url: str, database_url: str, tmp_path: Path, provider: Liar) -> Iterator[App]:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    told = (config / "oidc.toml").read_text()
    told = told.replace('issuer = ""', f'issuer = "{provider.url}"').replace(
        'client_id = ""', 'client_id = "gatehouse"'
    )
    (config / "oidc.toml").write_text(told)
    known = {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_CONFIG": str(config),
        "GATEHOUSE_OIDC_CLIENT_SECRET": "s3cret",
        **VARIABLES,
    }
    made = create_app(settings.load(known))
    yield made
    made.close()


Leave = Callable[[FlaskClient], dict[str, str]]


@pytest.fixture
def leave(provider: Liar) -> Leave:
    """Start a login; what the provider is asked."""

    def start(client: FlaskClient) -> dict[str, str]:
        answer = client.get(f"{PREFIX}login/oidc?next={PREFIX}%3Frange%3D6h")
        assert answer.status_code == 303
        asked = {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
        provider.asked = asked
        return asked

    return start


def come_back(client: FlaskClient, state: str, **more: str) -> tuple[int, str]:
    answer = client.get(f"{PREFIX}login/oidc/callback", query_string={"code": "c", "state": state, **more})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_login_is_asked_with_pkce_and_goes_on_to_our_second_factor(app: App, provider: Liar, leave: Leave) -> None:
    client = app.test_client()
    asked = leave(client)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    status, page = come_back(client, asked["state"], iss=provider.url)
    assert status == 200
    assert "login/enrol" in page
    assert client.get(PREFIX).status_code == 303
    assert provider.exchanged[0]["code_verifier"]
    assert provider.exchanged[0]["authorization"].startswith("Basic ")
    phone = Authenticator()
    page = client.get(f"{PREFIX}login/enrol").get_data(as_text=True)
    phone.scan(enrolment_key(page))
    client.post(f"{PREFIX}login/enrol", data={"csrf": form_token(page), "code": phone.next()})
    assert client.get(PREFIX).status_code == 200
    assert "dana · operator" in client.get(f"{PREFIX}_dash-layout").get_data(as_text=True)


def test_a_provider_that_proves_mfa_spares_ours_and_roles_follow_it(app: App, provider: Liar, leave: Leave) -> None:
    client = app.test_client()
    provider.claims = {"amr": ["pwd", "otp"]}
    status, page = come_back(client, leave(client)["state"])
    assert status == 200
    assert "range=6h" in page
    assert client.get(PREFIX).status_code == 200
    provider.claims = {"amr": ["otp"], "groups": "gatehouse-viewers"}
    other = app.test_client()
    come_back(other, leave(other)["state"])
    assert client.get(PREFIX).status_code == 303
    assert "dana · viewer" in other.get(f"{PREFIX}_dash-layout").get_data(as_text=True)


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"aud": "other-client"},
        {"aud": ["gatehouse", "other"]}, {"aud": ["gatehouse", "other"], "azp": "other"}, {"azp": "other"},
        {"exp": 1}, {"exp": None}, {"iat": 99999999999}, {"sub": None}, {"sub": ""}, {"exp": "soon"},
        {"nbf": 99999999999}, {"auth_time": 99999999999}, {"auth_time": "now"}, {"auth_time": True}, {"auth_time": -1},
        {"auth_time": 1}, {"preferred_username": "system"}, {"preferred_username": "a\u202eb"},
        {"preferred_username": "Gatehouse "}, {"preferred_username": "token:1"}, {"preferred_username": "аdmin"},
    ],
    ids=str,
)  # fmt: skip
def test_a_lying_token_is_refused(app: App, provider: Liar, leave: Leave, lie: dict[str, Any]) -> None:
    client = app.test_client()
    provider.claims = {"amr": ["otp"], **lie}
    assert come_back(client, leave(client)["state"])[0] == (403 if "preferred_username" in lie else 400)
    assert client.get_cookie(PENDING_COOKIE, path=f"{PREFIX}login") is None
    assert client.get(PREFIX).status_code == 303


def test_a_foreign_or_missing_signature_is_refused(app: App, provider: Liar, leave: Leave) -> None:
    for key, algorithm in ((OTHER, "RS256"), (KEY, "HS256"), (KEY, "none")):
        client = app.test_client()
        provider.key, provider.header = key, {"alg": algorithm, "kid": "one"}
        assert come_back(client, leave(client)["state"])[0] == 400
        assert client.get(PREFIX).status_code == 303


def test_a_tampered_or_replayed_answer_is_refused(app: App, provider: Liar, leave: Leave) -> None:
    client = app.test_client()
    provider.claims = {"amr": ["otp"]}
    assert come_back(client, leave(client)["state"] + "x")[0] == 400
    assert come_back(client, leave(client)["state"], iss="https://evil.example")[0] == 400
    state = leave(client)["state"]
    assert come_back(app.test_client(), state)[0] == 400  # another browser has no cookie
    cookie = client.get_cookie("gatehouse_oidc", path=f"{PREFIX}login/oidc")
    assert cookie
    assert come_back(client, state)[0] == 200
    client.set_cookie("gatehouse_oidc", cookie.value, path=f"{PREFIX}login/oidc")
    assert come_back(client, state)[0] == 400  # the same answer again


def change(client: FlaskClient) -> tuple[int, str]:
    """A dangerous change of one's own account; 403 when it wants a fresh factor."""
    token = session_token(client, PREFIX)
    answer = client.post(
        f"{PREFIX}account/passkeys/new", data={"csrf": token}, headers={"Referer": f"http://localhost{PREFIX}account"}
    )
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize(("ago", "fresh"), [(0, True), (-30, True), (500, True), (700, False), (None, False)])
def test_a_login_is_as_fresh_as_the_provider_proves(
    app: App, provider: Liar, leave: Leave, ago: int | None, fresh: bool
) -> None:
    client = app.test_client()
    provider.claims = {"amr": ["otp"]} | ({} if ago is None else {"auth_time": int(clock.now()) - ago})
    asked = leave(client)
    assert asked["max_age"] == str(168 * 3600)
    assert "prompt" not in asked
    assert come_back(client, asked["state"])[0] == 200
    status, page = change(client)
    assert status == (200 if fresh else 403)
    if fresh:
        return
    found = re.search(r'href="([^"]+anew[^"]+)"', page)
    assert found
    again = client.get(html.unescape(found.group(1)))
    provider.asked = {key: values[0] for key, values in parse_qs(urlsplit(again.headers["Location"]).query).items()}
    assert (provider.asked["max_age"], provider.asked["prompt"]) == ("0", "login")
    provider.claims = {"amr": ["otp"], "auth_time": int(clock.now())}
    status, page = come_back(client, provider.asked["state"])
    assert status == 200
    assert f"{PREFIX}account" in page
    assert change(client)[0] == 200


def test_who_has_a_passkey_sets_up_no_other_factor_without_it(app: App, provider: Liar, leave: Leave) -> None:
    """A login at the provider by password alone must not add an authenticator beside the owner's passkey."""
    client, key = app.test_client(), SoftKey()
    provider.claims = {"amr": ["otp"], "auth_time": int(clock.now())}
    come_back(client, leave(client)["state"])
    _, page = change(client)
    data = {"csrf": session_token(client, PREFIX), "credential": key.create(json.loads(page)["passkey"])}
    assert client.post(f"{PREFIX}account/passkeys", data=data).status_code == 303
    provider.claims = {}
    thief = app.test_client()
    _, page = come_back(thief, leave(thief)["state"])
    assert "login/mfa" in page
    assert thief.get(f"{PREFIX}login/enrol").headers["Location"] == f"{PREFIX}login"
    page = thief.get(f"{PREFIX}login/mfa").get_data(as_text=True)
    found = re.search(r'data-passkey-get="([^"]+)"', page)
    assert found
    data = {"csrf": form_token(page), "passkey": key.get(html.unescape(found.group(1)))}
    assert thief.post(f"{PREFIX}login/mfa", data=data).status_code == 303


@pytest.mark.parametrize("ago", [None, 300])
def test_a_provider_that_does_not_ask_anew_does_not_confirm(
    app: App, provider: Liar, leave: Leave, ago: int | None
) -> None:
    client = app.test_client()
    answer = client.get(f"{PREFIX}login/oidc?anew=1")
    provider.asked = {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    provider.claims = {"amr": ["otp"]} | ({} if ago is None else {"auth_time": int(clock.now()) - ago})
    assert come_back(client, provider.asked["state"])[0] == 400
    assert client.get(PREFIX).status_code == 303


def test_the_last_administrator_keeps_the_role_but_does_not_come_in_by_it(
    app: App, provider: Liar, leave: Leave, db: Database
) -> None:
    client = app.test_client()
    provider.claims = {"amr": ["otp"], "groups": ["gatehouse-admins"], "auth_time": int(clock.now())}
    assert come_back(client, leave(client)["state"])[0] == 200
    assert client.get(f"{PREFIX}users").status_code == 200
    provider.claims = {"amr": ["otp"], "groups": ["gatehouse-viewers"]}
    other = app.test_client()
    assert come_back(other, leave(other)["state"])[0] == 403
    assert other.get(PREFIX).status_code == 303
    assert client.get(PREFIX).status_code == 303, "what the provider took away opens nothing more"
    with db.transaction() as connection:
        assert [user.role for user in users.listing(connection)] == ["admin"]


def test_a_name_of_somebody_with_a_password_is_not_taken_over(app: App, provider: Liar, leave: Leave) -> None:
    client = app.test_client()
    client.get(f"{PREFIX}login")
    page = client.get(f"{PREFIX}login").get_data(as_text=True)
    client.post(f"{PREFIX}login", data={"user": "admin", "password": "x", "csrf": form_token(page)})
    provider.claims = {"preferred_username": "admin", "amr": ["otp"], "groups": ["gatehouse-admins"]}
    assert come_back(client, leave(client)["state"])[0] == 403
    assert client.get(PREFIX).status_code == 303


def test_nobody_without_a_mapped_role_gets_in(app: App, provider: Liar, leave: Leave) -> None:
    client = app.test_client()
    provider.claims = {"groups": ["gatehouse-admins2"], "amr": ["otp"]}
    assert come_back(client, leave(client)["state"])[0] == 403
    assert client.get(PREFIX).status_code == 303


def test_what_waits_for_the_provider_is_sealed(app: App, live: Live, leave: Leave) -> None:
    asked = leave(app.test_client())
    kept = b"".join(live.redis.get(key) or b"" for key in live.redis.scan_iter("gatehouse:*") if is_text(live, key))
    assert kept
    assert asked["state"].encode() not in kept
    assert asked["nonce"].encode() not in kept
    assert b"verifier" not in kept


def is_text(live: Live, key: bytes) -> bool:
    return bool(live.redis.type(key) == b"string")
