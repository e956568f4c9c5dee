"""Whoever is signed out, or sends a form that has grown old, reads a page and loses nothing; scripts get a problem."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.app import PREFIX
from console.auth import permissions
from console.auth.guard import SIGNED_OUT
from console.auth.navigation import LONGEST, own_path
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, Person
from tests.people import form_token, log_in

Make = Callable[[str, str], Person]
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
PERSON = {"Accept": HTML, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Accept": "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
OLD_PERSON, OLD_SCRIPT = {"Accept": HTML}, {"Accept": "*/*"}  # over plain HTTP to a name, without fetch metadata


def routes(app: App) -> list[tuple[str, str, str]]:
    """Endpoint, a path of it, and method, for every route of the application."""
    return [
        (rule.endpoint, re.sub(r"<[^>]+>", "1", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    ]


@pytest.mark.parametrize("headers", [SCRIPT, OLD_SCRIPT])
def test_a_script_without_a_session_never_gets_the_login_page(app: App, headers: dict[str, str]) -> None:
    client = app.test_client()
    for endpoint, path, method in routes(app):
        if endpoint in {"healthz", "readyz", "metrics"} | permissions.PUBLIC:
            continue
        for query in ("", "?fragment=1"):
            answer = client.open(path + query, method=method, headers=headers)
            assert (answer.status_code, answer.json["type"]) == (401, SIGNED_OUT), (path, method)
            assert answer.headers["WWW-Authenticate"].startswith("Session")


@pytest.mark.parametrize("headers", [PERSON, OLD_PERSON])
@pytest.mark.parametrize("signed_in", [True, False])
def test_nobody_reads_a_problem_document_in_a_browser(
    app: App, person: Make, headers: dict[str, str], signed_in: bool
) -> None:
    client = person("vic", "viewer").client if signed_in else app.test_client()
    for _, path, method in [
        *routes(app),
        *(("", PREFIX + "nowhere", verb) for verb in ("GET", "POST", "PUT", "DELETE")),
    ]:
        if path.endswith("/logout"):
            continue
        for verb in {method, "GET", "PUT"}:
            answer = client.open(path, method=verb, headers=headers)
            if answer.status_code >= 400 and path not in ("/readyz",):
                assert answer.mimetype == "text/html", (path, verb, answer.status_code, answer.data[:200])
            if not signed_in and verb == "GET" and answer.status_code == 303:
                assert "/login" in answer.headers["Location"]


def test_too_large_and_malformed_forms_are_answered_by_pages(app: App, person: Make) -> None:
    client = person("vic", "viewer").client
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post(f"{PREFIX}account/password", data={"old": "x" * 2000}, headers=PERSON)
    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    callback = client.post(f"{PREFIX}_dash-update-component", data={"a": "b"}, headers=PERSON)
    assert (callback.status_code, callback.mimetype) == (415, "text/html")


def test_one_is_led_back_to_this_very_address(app: App, person: Make) -> None:
    client = app.test_client()
    place = f"{PREFIX}alerts/incidents/caf%C3%A9%20%23?q=a%26b%2Fc&x=%E2%82%AC"
    answer = client.get(place, headers=PERSON)
    assert answer.status_code == 303
    person("vic", "viewer")  # made by pages of another browser
    done = log_in(client, PREFIX, "admin", PASSWORD, _phone(app), answer.headers["Location"].partition("login")[2])
    assert f'href="{place.replace("&", "&amp;")}"' in done.get_data(as_text=True)


def _phone(app: App) -> Any:
    from tests.people import Authenticator

    return Authenticator()


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (f"{PREFIX}alerts?tab=history#x", f"{PREFIX}alerts?tab=history#x"),
        (f"{PREFIX}alerts?fragment=1&tab=rules", f"{PREFIX}alerts?tab=rules"),
        (f"{PREFIX}alerts/incidents/caf%C3%A9", f"{PREFIX}alerts/incidents/caf%C3%A9"),
    ],
)
def test_the_address_of_a_page_is_kept(wanted: str, kept: str) -> None:
    assert own_path(wanted, PREFIX) == kept


@pytest.mark.parametrize(
    "wanted",
    [None, "", "/", "//evil.example", "/\\evil.example", "\\\\evil", "https:evil", "https://evil.example/admin/monitoring/",
     f"//evil.example{PREFIX}", f"{PREFIX}..//evil.example", f"{PREFIX}%2e%2e//evil", f"{PREFIX}a\\..\\evil",
     f"{PREFIX}%5cevil", f"{PREFIX}a\tb", f"{PREFIX}a\r\nSet-Cookie: x=y", f"{PREFIX}%0d%0aX", f"{PREFIX}a\0",
     f"{PREFIX}\u2028", f"{PREFIX}\ud800", f"{PREFIX}login?next=x", f"{PREFIX}logout", f"{PREFIX}live?since=0",
     f"{PREFIX}_dash-layout", PREFIX + "x" * LONGEST, "javascript:x"],
)  # fmt: skip
def test_what_is_no_page_of_ours_leads_to_the_live_page(wanted: str | None) -> None:
    assert own_path(wanted, PREFIX) == PREFIX


def referred(page: str) -> dict[str, str]:
    return {**PERSON, "Origin": "http://localhost", "Referer": f"http://localhost{PREFIX}{page}"}


def test_a_form_with_an_old_token_is_kept_and_asked_for_again(person: Make) -> None:
    root = person("admin", "admin")
    form = {"csrf": "of-before", "name": "a<b>", "role": "viewer"}
    answer = root.client.post(f"{PREFIX}users/invite", data=form, headers=referred("users"))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert 'name="name" value="a&lt;b&gt;"' in text
    assert f'href="{PREFIX}users"' in text
    fresh = form_token(text)
    again = root.client.post(f"{PREFIX}users/invite", data={**form, "csrf": fresh}, headers=referred("users"))
    assert "Names contain only letters, digits" in again.get_data(as_text=True), "it was taken, and judged"


def test_a_form_that_may_come_from_elsewhere_is_not_offered_again(person: Make) -> None:
    root = person("admin", "admin")
    answer = root.client.post(f"{PREFIX}users/invite", data={"csrf": "x", "name": "mallory"}, headers=OLD_PERSON)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "mallory" not in answer.get_data(as_text=True)
    assert root.client.post(f"{PREFIX}users/invite", data={"csrf": "x"}, headers=SCRIPT).json["field"] == "csrf"


def test_secrets_are_not_put_into_a_page(person: Make) -> None:
    root = person("admin", "admin")
    form = {"csrf": "x", "old": "my-old-one", "new": "my-new-one", "again": "my-new-one"}
    answer = root.client.post(f"{PREFIX}account/password", data=form, headers=referred("account"))
    text = answer.get_data(as_text=True)
    assert "my-old-one" not in text
    assert "my-new-one" not in text
    assert "Back to the page" in text


def test_a_confirmation_with_an_old_token_keeps_the_change_it_is_for(person: Make) -> None:
    root = person("admin", "admin")
    form = {"csrf": "x", "role": "analyst", "code": "123456"}
    text = root.client.post(f"{PREFIX}users/1/role", data=form, headers=referred("users/1")).get_data(as_text=True)
    assert 'name="role" value="analyst"' in text
    assert "123456" not in text


def test_a_form_that_came_when_the_session_was_over_is_kept(app: App, person: Make) -> None:
    root = person("admin", "admin")
    form = {"csrf": "of-before", "name": "ann", "role": "viewer"}
    stranger = app.test_client()
    answer = stranger.post(f"{PREFIX}users/invite", data=form, headers=referred("users?q=1"))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert 'name="name" value="ann"' in text
    assert f'href="{PREFIX}login?next=/admin/monitoring/users%3Fq%3D1"' in text
    sent = root.client.post(
        f"{PREFIX}users/invite", data={**form, "csrf": form_token_or_empty(text)}, headers=referred("users")
    )
    assert form_token(sent.get_data(as_text=True)), "asked once more, with a token"


def form_token_or_empty(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', text)
    assert found
    return found.group(1)


def test_a_link_from_another_site_is_passed_on_once(app: App, person: Make) -> None:
    place = f"{PREFIX}alerts?tab=history&severity=high"
    abroad = {**PERSON, "Sec-Fetch-Site": "cross-site"}
    stranger = app.test_client()
    answer = stranger.get(place, headers=abroad)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'url={place.replace("&", "&amp;")}"' in answer.get_data(as_text=True)
    assert stranger.get(place, headers=PERSON).status_code == 303
    assert stranger.get(place, headers={**abroad, "Sec-Fetch-Dest": "iframe"}).status_code == 403
    stranger.set_cookie("gatehouse_session", "x", path=PREFIX)
    assert stranger.get(place, headers=abroad).status_code == 303
    assert app.test_client().post(place, headers=abroad).status_code == 403


def test_a_tab_asks_whether_it_is_logged_in(app: App, person: Make) -> None:
    vic = person("vic", "viewer")
    assert vic.client.get(f"{PREFIX}login/session").json == {"user": "vic", "csrf": vic.token()}
    assert app.test_client().get(f"{PREFIX}login/session").json == {"user": None}
    for site in ("cross-site", "same-site"):
        assert vic.client.get(f"{PREFIX}login/session", headers={"Sec-Fetch-Site": site}).status_code == 403


def test_every_answer_carries_the_servers_time(app: App, person: Make) -> None:
    client: FlaskClient = person("vic", "viewer").client
    for path in ("", "account", "login/session", "alerts?fragment=1", "nowhere"):
        assert client.get(PREFIX + path).headers["X-Now"].isdecimal()
    assert 'data-now="' in client.get(PREFIX).get_data(as_text=True)
