"""Every page of the contract on real stores: who reaches it, what its address answers, and where the bar shows it."""

import gzip
import re
from collections.abc import Callable

import pytest
from dash import html

import console.app
from console import static
from console.app import PREFIX
from console.auth import permissions
from console.auth.roles import ROLES, reaches
from console.page import Page, discover_pages
from core import codec
from core.http import HttpClient
from core.settings import Settings
from core.web.app import App
from tests.browser.fake_api import World, serve
from tests.integration.console.conftest import PASSWORD, Person
from tests.people import Authenticator, log_in

Make = Callable[[str, str], Person]
PAGES = discover_pages()
FROM_API = {
    "exception",
    "performance_deploy",
}  # while the API is away, as here, nobody knows whether there is such a thing
NAMED = re.compile(r"<(?:int:)?\w+>")  # in a path: what nothing is called in an empty house


def first_of(html: str) -> dict[str, object]:
    """The content that an index carries."""
    found = re.search(r'<script type="application/json" id="first">(.*?)</script>', html, re.S)
    assert found
    return codec.decode(found.group(1).encode())  # type: ignore[no-any-return]


def status_of(page: Page) -> int:
    """The status of a page's bare address: one that shows what its query names says that nothing is named."""
    return 400 if page.name in ("transaction", "performance_outlier") else 200


@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_open_to_its_role_and_no_lower_one(app: App, person: Make, role: str) -> None:
    someone = person("admin" if role == "admin" else "ann", role)
    layout = someone.client.get(f"{PREFIX}_dash-layout").get_data(as_text=True)
    for page in PAGES.values():
        path = NAMED.sub("999", page.path)
        found = 404 if path != page.path and page.name not in FROM_API else 200
        answer = someone.client.get(PREFIX + path)
        allowed = reaches(role, page.role)
        found = status_of(page) if allowed and path == page.path else found
        assert answer.status_code == (found if allowed else 403), page.name
        assert someone.client.get(f"{PREFIX}{path}?fragment=1").status_code == answer.status_code
        if page.place:
            assert (f'"data-page":"{page.name}"' in layout) is allowed, page.name
        for file in page.files:
            path = NAMED.sub("999", file.path)
            found = 404 if path != file.path else 200
            may = reaches(role, file.role or page.role)
            sent = someone.client.get(PREFIX + path).status_code
            assert sent == (found if may else 403) or (may and sent == 303), file.name  # 303: back to its page


@pytest.mark.parametrize("page", [page for page in PAGES.values() if "<" not in page.path], ids=lambda page: page.name)
def test_an_address_answers_with_the_shell_and_the_page_in_it(person: Make, page: Page) -> None:
    admin = person("admin", "admin")
    index = admin.client.get(PREFIX + page.path).get_data(as_text=True)
    assert f"<title>{page.title} · Gatehouse</title>" in index
    assert f'data-page="{page.name}"' in index
    assert "dash_version" not in index
    first = first_of(index)
    alone = codec.decode(admin.client.get(f"{PREFIX}{page.path}?fragment=1").data)
    assert first["page"] == alone["page"] == page.name
    assert first["title"] == alone["title"] == page.title
    assert first["live"] is alone["live"] is bool(page.panels)
    assert alone["content"]


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_without_a_session_a_page_leads_to_the_login_and_its_content_stays(app: App, page: Page) -> None:
    client = app.test_client()
    path = NAMED.sub("999", page.path)
    assert client.get(PREFIX + path).status_code == 303
    answer = client.get(f"{PREFIX}{path}?fragment=1", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json()["type"] == "urn:gatehouse:signed-out"


def test_every_action_is_in_the_table_with_its_role(app: App) -> None:
    for page in PAGES.values():
        for action in page.actions:
            assert permissions.REQUIRED_ROLE[action.name] == action.role
            assert (action.name in permissions.STEP_UP_REQUIRED) is action.step_up


def test_live_serves_the_panels_of_a_page_to_its_role(person: Make) -> None:
    viewer = person("ann", "viewer")
    whole = viewer.client.get(f"{PREFIX}live?page=live")
    assert whole.status_code == viewer.client.get(f"{PREFIX}live").status_code
    answer = viewer.client.get(f"{PREFIX}live?page=tokens")
    assert answer.status_code == 400
    assert answer.get_json()["field"] == "?page"


def test_what_the_index_carries_cannot_end_its_script(person: Make) -> None:
    admin = person("admin", "admin")
    name = "</script><img src=x>"
    assert admin.post("tokens", name=name, scope="read")[0] == 200
    index = admin.client.get(f"{PREFIX}tokens").get_data(as_text=True)
    assert "<img src=x>" not in index
    assert "&lt;/script&gt;&lt;img src=x&gt;" in str(first_of(index))


def test_live_draws_the_panels_of_each_page_that_has_any(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    """A second page with panels is served as the live page is, and to nobody below its role."""
    feed = PAGES["live"].panels["fraud_feed"]
    page = Page("feed", "feed", "Feed", "operator", lambda context: html.Div(), panels={"fraud_feed": feed})
    monkeypatch.setattr(permissions, "REQUIRED_ROLE", {**permissions.REQUIRED_ROLE})
    monkeypatch.setattr(permissions, "PAGES", {*permissions.PAGES})
    monkeypatch.setattr(console.app, "discover_pages", lambda: {**PAGES, "feed": page})
    api = serve(World())
    client = HttpClient(f"http://127.0.0.1:{api.server_port}", timeout=4.0)
    app = console.app.create_app(settings, client)
    admin = Person(app.test_client(), Authenticator())
    assert log_in(admin.client, PREFIX, "admin", PASSWORD, admin.phone).status_code == 200
    drawn = codec.decode(gzip.decompress(admin.client.get(f"{PREFIX}live?page=feed").data))["panels"]
    assert drawn.keys() == {"fraud_feed"}
    whole = codec.decode(gzip.decompress(admin.client.get(f"{PREFIX}live").data))["panels"]
    assert whole.keys() == PAGES["live"].panels.keys()
    assert len(drawn["fraud_feed"]["slots"]["rows"]["rows"]) == len(whole["fraud_feed"]["slots"]["rows"]["rows"]) > 0
    monkeypatch.setattr(console.app, "reaches", lambda role, least: False)
    assert admin.client.get(f"{PREFIX}live?page=feed").status_code == 403
    app.close()
    api.shutdown()


def test_a_page_loads_only_the_scripts_of_dash_that_it_needs(app: App, person: Make) -> None:
    page = person("ann", "viewer").client.get(PREFIX).get_data(as_text=True)
    scripts = re.findall(r'<script src="[^"]*_dash-component-suites/([^"?]+)"', page)
    assert any("dash-renderer" in name for name in scripts)
    assert not [name for name in scripts if "polyfill" in name or "dash_table" in name]


def test_an_asset_is_packed_once_for_all_applications(app: App, person: Make) -> None:
    sheet = f"{PREFIX}assets/gatehouse.css"
    first = person("ann", "viewer").client.get(sheet, headers={"Accept-Encoding": "gzip"})
    held = dict(static._packed)
    again = person("bob", "viewer").client.get(sheet, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(first.data) == gzip.decompress(again.data) != b""
    assert static._packed == held
    assert any(path == sheet for path, _ in held)
