"""What every change that a person makes has in common: once, audited, refused by field, confirmed by a factor."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from dash import html
from sqlalchemy import text

import console.app
from console.actions import Action, Done, Form, Refusal
from console.app import PREFIX
from console.auth import permissions
from console.auth.context import AuthContext
from console.page import Page, discover_pages
from core import clock
from core.db.engine import Database
from core.settings import Settings
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, Person
from tests.people import Authenticator, log_in

Make = Callable[[str, str], Person]
JSON = {"Accept": "application/json"}


def send(person: Person, path: str, once: str = "", **data: Any) -> tuple[int, dict[str, Any]]:
    """As the shell sends a form."""
    headers = {**JSON, "X-CSRF-Token": person.token(), **({"X-Once": once} if once else {})}
    answer = person.client.post(PREFIX + path, data=data, headers=headers)
    return answer.status_code, answer.get_json()


def tokens_in(db: Database) -> int:
    with db.transaction() as connection:
        return int(connection.execute(text("SELECT count(*) FROM api_tokens")).scalar_one())


def test_what_is_wrong_is_said_by_field_and_nothing_is_done(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    for fields, wrong in (
        ({"name": "shop", "scope": "read", "days": "x"}, {"days": "Enter 1 to 3650 days, or leave it empty."}),
        ({"name": "shop"}, {"scope": "Choose at least one."}),
        ({"name": "", "scope": "read"}, {"name": "Expected 1 to 100 printable characters."}),
    ):
        status, body = send(admin, "tokens", **fields)
        assert (status, body["fields"]) == (400, wrong)
    assert tokens_in(db) == 0


def test_one_press_counts_once_however_often_it_arrives(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    good = {"name": "shop", "scope": "read"}
    assert send(admin, "tokens", "press-1", **good)[0] == 200
    status, body = send(admin, "tokens", "press-1", **good)
    assert (status, body["title"]) == (409, "Already done")
    assert tokens_in(db) == 1
    assert send(admin, "tokens", "press-2", **good)[0] == 200
    assert tokens_in(db) == 2


def test_a_refused_press_can_be_sent_again(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    assert send(admin, "tokens", "press", name="shop")[0] == 400
    assert send(admin, "tokens", "press", name="shop", scope="read")[0] == 200


def test_a_stale_factor_is_asked_for_in_a_document_and_the_same_form_then_works(
    person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = person("admin", "admin")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 601)
    good = {"name": "shop", "scope": "read"}
    status, body = send(admin, "tokens", "press", **good)
    assert (status, body["type"], body["wrong"]) == (403, "urn:gatehouse:step-up", False)
    status, body = send(admin, "tokens", "press", **good, code="000")
    assert (status, body["type"], body["wrong"]) == (403, "urn:gatehouse:step-up", True)
    assert tokens_in(db) == 0
    assert send(admin, "tokens", "press", **good, **admin.phone.fields())[0] == 200
    assert tokens_in(db) == 1


def test_without_a_session_or_its_token_or_role_nothing_is_done(app: App, person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "operator")
    assert send(ann, "tokens", name="shop", scope="read")[0] == 403
    answer = admin.client.post(f"{PREFIX}tokens", data={"name": "shop", "scope": "read"}, headers=JSON)
    assert (answer.status_code, answer.get_json()["field"]) == (403, "csrf")
    answer = app.test_client().post(f"{PREFIX}tokens", data={"name": "shop"}, headers=JSON)
    assert (answer.status_code, answer.get_json()["type"]) == (401, "urn:gatehouse:signed-out")
    assert tokens_in(db) == 0


def test_a_change_that_forgets_the_audit_log_is_written_there_all_the_same(
    settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(auth: AuthContext, form: Form) -> Done:
        return Done(f"It is {form.names['colour']} now.")

    forgetful = Action("paint", "paint/<colour>", "viewer", False, True, run)
    page = Page("painting", "painting", "Painting", "viewer", lambda context: html.Div(), actions=(forgetful,))
    monkeypatch.setattr(permissions, "REQUIRED_ROLE", {**permissions.REQUIRED_ROLE})
    monkeypatch.setattr(permissions, "PAGES", {*permissions.PAGES})
    monkeypatch.setattr(console.app, "discover_pages", lambda: {**discover_pages(), "painting": page})
    app = console.app.create_app(settings)
    admin = Person(app.test_client(), Authenticator())
    assert log_in(admin.client, PREFIX, "admin", PASSWORD, admin.phone).status_code == 200
    status, body = send(admin, "paint/red")
    assert (status, body["message"]) == (200, "It is red now.")
    with db.transaction() as connection:
        row = connection.execute(text("SELECT * FROM audit_log ORDER BY seq DESC LIMIT 1")).mappings().one()
    assert (row["actor"], row["action"], row["target"]) == ("admin", "paint", "paint/red")
    app.close()


def test_a_refusal_has_a_status_and_a_sentence_of_its_own() -> None:
    refusal = Refusal("It is gone.", 409)
    assert (refusal.message, refusal.status, refusal.fields) == ("It is gone.", 409, {})
    assert Refusal(name="Too long.").message == "Too long."


def test_a_file_comes_with_its_form_as_large_as_its_action_allows_and_the_answer_leads_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(auth: AuthContext, form: Form) -> Done:
        given = form.file("file")
        if given is None:
            raise Refusal(file="Choose a file.")
        return Done(f"{given.filename}: {len(given.stream.read())} bytes", go=f"box/{form.text('to')}")

    least = settings.config.limits.max_body_bytes
    taking = Action("fill", "box/fill", "viewer", False, False, run, lambda settings: least + 10)
    page = Page("box", "box", "Box", "viewer", lambda context: html.Div(), actions=(taking,))
    monkeypatch.setattr(permissions, "REQUIRED_ROLE", {**permissions.REQUIRED_ROLE})
    monkeypatch.setattr(permissions, "PAGES", {*permissions.PAGES})
    monkeypatch.setattr(console.app, "discover_pages", lambda: {**discover_pages(), "box": page})
    app = console.app.create_app(settings)
    admin = Person(app.test_client(), Authenticator())
    assert log_in(admin.client, PREFIX, "admin", PASSWORD, admin.phone).status_code == 200
    status, body = send(admin, "box/fill", to="7")
    assert (status, body["fields"]) == (400, {"file": "Choose a file."})
    for length, wanted in ((least + 10, 200), (least + 200_000, 413)):
        status, body = send(admin, "box/fill", to="7", file=(io.BytesIO(b"x" * length), "a.csv"))
        assert status == wanted
        if status == 200:
            assert (body["message"], body["go"]) == (f"a.csv: {length} bytes", f"{PREFIX}box/7")
    app.close()
