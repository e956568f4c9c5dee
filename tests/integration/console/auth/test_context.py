"""The door: nothing without a session, over the whole URL map; login, CSRF, rotation; Dash's gaps closed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.app import PREFIX, create_app
from console.auth import permissions
from core import clock
from core import settings as core_settings
from core.web.app import App
from tests.browser.fake_api import World, serve
from tests.people import QUICK, Authenticator, give_password, session_token
from tests.people import log_in as whole_login

PASSWORD = "correct horse"
OPEN = {"healthz", "readyz", "metrics"} | permissions.PUBLIC


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def app(redis_url: str, database_url: str, tmp_path: Path, world: World) -> Iterator[App]:
    api = serve(world)
    made = create_app(
        core_settings.load(
            {
                "REDIS_URL": redis_url,
                "DATABASE_URL": database_url,
                "GATEHOUSE_API_URL": f"http://127.0.0.1:{api.server_port}",
                "GATEHOUSE_SECRET_KEY": "k" * 40,
                "GATEHOUSE_DATA": str(tmp_path),
                "GATEHOUSE_ADMIN_PASSWORD_HASH": QUICK.hash(PASSWORD),
            }
        )
    )
    yield made
    made.close()
    api.shutdown()


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


def log_in(client: FlaskClient, phone: Authenticator, password: str = PASSWORD, query: str = "") -> int:
    status: int = whole_login(client, PREFIX, "admin", password, phone, query).status_code
    return status


@pytest.fixture
def inside(app: App, phone: Authenticator) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, phone) == 200
    assert client.get(PREFIX).status_code == 200
    return client


def test_every_route_is_shut_without_a_session(app: App) -> None:
    shut(app, app.test_client())


def shut(app: App, client: FlaskClient) -> None:
    """Try every path with every method."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            status = client.open(path, method=method).status_code
            if rule.endpoint in OPEN:
                assert status != 401, (rule.rule, method)
            else:
                assert status in (303, 401), (rule.rule, method, status)


def test_every_route_is_in_the_table_of_roles(app: App) -> None:
    assert permissions.unlisted(app, PREFIX, ("healthz", "readyz", "metrics")) == []
    assert permissions.REQUIRED_ROLE.keys() >= permissions.PAGES
    assert permissions.REQUIRED_ROLE.keys() >= permissions.STEP_UP_REQUIRED


@pytest.mark.parametrize(
    "path",
    [
        "_dash-layout",
        "_dash-dependencies",
        "assets/js/start/main.js",
        "_reload-hash",
        "_mcp",
        "live",
        "x",
        "assets/../login",
        "assets%2f..%2flive",
        "_favicon.ico",
        "_dash-component-suites/dash/deps/react@18.3.1.min.js",
    ],
)
def test_dash_paths_are_shut(app: App, path: str) -> None:
    assert app.test_client().get(PREFIX + path).status_code in (401, 404)
    assert app.test_client().get(PREFIX + path).status_code == 401 or ".." in path


def test_the_page_leads_to_the_login_and_back(app: App) -> None:
    client = app.test_client()
    answer = client.get(f"{PREFIX}?range=6h&txn=tx_1")
    assert answer.status_code == 303
    assert "next=%2Fadmin%2Fmonitoring%2F%3Frange%3D6h%26txn%3Dtx_1" in answer.headers["Location"]


def test_wrong_credentials_say_so_and_keep_the_name(app: App, phone: Authenticator) -> None:
    client = app.test_client()
    answer = give_password(client, PREFIX, "admin", "nope")
    assert answer.status_code == 401
    assert 'value="admin"' in answer.get_data(as_text=True)
    assert client.get(PREFIX).status_code == 303
    assert log_in(client, phone) == 200
    assert client.get(PREFIX).status_code == 200


def test_half_a_login_opens_nothing(app: App, phone: Authenticator) -> None:
    client = app.test_client()
    assert give_password(client, PREFIX, "admin", PASSWORD).headers["Location"].endswith("login/enrol")
    shut(app, client)
    assert log_in(client, phone) == 200
    other = app.test_client()
    assert give_password(other, PREFIX, "admin", PASSWORD).headers["Location"].endswith("login/mfa")
    shut(app, other)


def test_an_expired_session_opens_nothing(app: App, phone: Authenticator, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    assert log_in(client, phone) == 200
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 13 * 3600)
    shut(app, client)


def test_next_leads_only_to_our_own_pages(app: App, phone: Authenticator) -> None:
    assert log_in(app.test_client(), phone) == 200
    for wanted, to in (
        ("%2Fadmin%2Fmonitoring%2F%3Frange%3D6h", f"{PREFIX}?range=6h"),
        ("https%3A%2F%2Fevil.example", PREFIX),
        ("%2F%2Fevil.example", PREFIX),
    ):
        answer = whole_login(app.test_client(), PREFIX, "admin", PASSWORD, phone, f"?next={wanted}")
        assert answer.headers["Location"] == to


def test_a_login_without_its_form_token_or_from_another_site_is_refused(app: App) -> None:
    client = app.test_client()
    data = {"user": "admin", "password": PASSWORD, "csrf": "x"}
    assert client.post(f"{PREFIX}login", data=data).status_code == 400
    assert client.post(f"{PREFIX}login", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(f"{PREFIX}login", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_session_cookie_is_closed_and_rotates(app: App, phone: Authenticator) -> None:
    client = app.test_client()
    assert log_in(client, phone) == 200
    first = client.get_cookie("gatehouse_session", path=PREFIX)
    assert first
    assert first.http_only
    assert first.same_site == "Strict"
    assert log_in(client, phone) == 303
    second = client.get_cookie("gatehouse_session", path=PREFIX)
    assert second
    assert second.value != first.value
    other = app.test_client()
    other.set_cookie("gatehouse_session", first.value, path=PREFIX)
    assert other.get(PREFIX).status_code == 303


def test_logging_out_ends_the_session_and_wants_its_token(inside: FlaskClient) -> None:
    assert inside.post(f"{PREFIX}logout", data={"csrf": "wrong"}).status_code == 403
    assert inside.get(PREFIX).status_code == 200
    token = session_token(inside, PREFIX)
    layout = inside.get(f"{PREFIX}_dash-layout").get_data(as_text=True)
    assert token in layout
    cookie = inside.get_cookie("gatehouse_session", path=PREFIX)
    inside.post(f"{PREFIX}logout", data={"csrf": token})
    assert cookie
    inside.set_cookie("gatehouse_session", cookie.value, path=PREFIX)
    assert inside.get(PREFIX).status_code == 303


def test_dash_gaps_are_closed(inside: FlaskClient) -> None:
    assert inside.get(f"{PREFIX}no/such/page").status_code == 404
    page = inside.get(PREFIX).get_data(as_text=True)
    assert "python_version" not in page
    assert "dash_version" not in page
    update = f"{PREFIX}_dash-update-component"
    good: dict[str, Any] = {
        "output": "txn-answer.data",
        "outputs": {"id": "txn-answer", "property": "data"},
        "changedPropIds": ["txn-request.data"],
        "inputs": [{"id": "txn-request", "property": "data", "value": {"id": "tx_1", "n": 1}}],
    }
    for body in (
        good,
        {"output": "nothing.data", "inputs": []},
        {},
        [],
        {"output": ["x"]},
        {"output": "txn-answer.data", "inputs": "x"},
        {"output": "txn-answer.data"},
        {"output": "txn-answer.data", "inputs": [1]},
        {"output": "txn-answer.data", "inputs": []},
        {"output": "txn-answer.data", "inputs": [{"id": "x"}], "outputs": 3},
        {**good, "inputs": 5},
        {**good, "changedPropIds": [1]},
        {**good, "state": [{"id": "a", "property": "b"}]},
        {**good, "outputs": [good["outputs"]]},
    ):
        assert inside.post(update, json=body).status_code == 400, body
    assert inside.post(update, data=b"{", content_type="application/json").status_code == 400
    assert inside.post(update, json={}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_every_answer_carries_the_policies(inside: FlaskClient) -> None:
    headers = inside.get(PREFIX).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    data = inside.get(f"{PREFIX}live").headers
    assert data["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert data["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    [
        "range=2h",
        "since=x",
        "since=-1",
        "from=a&to=b",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=2020-01-01&to=2026-01-01",
        "from=2026-01-01",
    ],
)
def test_a_bad_question_names_its_field(inside: FlaskClient, query: str) -> None:
    answer = inside.get(f"{PREFIX}live?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["field"].startswith("?")


def test_live_answers_bytes_then_nothing_new(inside: FlaskClient) -> None:
    first = inside.get(f"{PREFIX}live")
    assert first.status_code == 200
    assert first.headers["Content-Encoding"] == "gzip"
    assert len(first.data) < 24_000
    assert inside.get(f"{PREFIX}live?since=99999999999999").status_code in (200, 304)
