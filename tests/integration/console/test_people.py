"""Roles, step-up, sessions and the administration of people, on real stores."""

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.auth import permissions
from console.auth.roles import ROLES, reaches
from core import clock
from core.audit import check
from core.db.engine import Database
from core.identity import tokens, users
from core.web.app import App
from tests.integration.console.conftest import PASSWORD, VARIABLES, Person
from tests.people import Authenticator, form_token, give_password, log_in

Make = Callable[[str, str], Person]
HEALTH = ("healthz", "readyz", "metrics")


def id_of(db: Database, name: str) -> int:
    with db.transaction() as connection:
        found = users.by_name(connection, name)
    assert found
    return found.id


@pytest.mark.parametrize("role", ROLES[:-1])
def test_too_low_a_role_is_denied_on_every_path_and_method(app: App, person: Make, role: str) -> None:
    someone = person("ann", role)
    token = someone.token()
    for rule in app.url_map.iter_rules():
        name = permissions.name_of(rule.endpoint, PREFIX)
        if rule.endpoint in HEALTH or name in permissions.PUBLIC or name == "logout":
            continue
        path = re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int)[^>]+>", "x", rule.rule))
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            data = {"csrf": token} if method == "POST" else None
            status = someone.client.open(path, method=method, data=data).status_code
            if not reaches(role, permissions.REQUIRED_ROLE[name]):
                assert status == 403, (rule.rule, method)
    assert someone.is_in()


def test_a_route_that_the_table_forgets_is_denied(app: App, person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = person("admin", "admin")
    assert admin.client.get(f"{PREFIX}users").status_code == 200
    monkeypatch.delitem(permissions.REQUIRED_ROLE, "users")
    assert admin.client.get(f"{PREFIX}users").status_code == 403


def test_a_change_without_the_sessions_token_is_refused(app: App, person: Make) -> None:
    admin = person("admin", "admin")
    for path in ("users/invite", "users/1/role", "account/password", "account/sessions/end", "audit/verify"):
        for token in ("", "x" * 32):
            assert admin.client.post(PREFIX + path, data={"csrf": token}).status_code == 403


def test_a_changed_role_ends_the_sessions_and_is_audited(person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    assert admin.post(f"users/{id_of(db, 'ann')}/role", role="analyst")[0] == 303
    assert not ann.is_in()
    with db.transaction() as connection:
        row = connection.execute(text("SELECT * FROM audit_log ORDER BY seq DESC LIMIT 1")).mappings().one()
    assert (row["actor"], row["action"], row["target"]) == ("admin", "user.role", "user:ann")
    assert (row["before"], row["after"]) == ({"role": "viewer"}, {"role": "analyst"})
    assert check.verify(db, VARIABLES["GATEHOUSE_SECRET_KEY"]).problem == ""


def test_a_closed_account_is_out_at_once_and_back_when_opened(app: App, person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    number = id_of(db, "ann")
    assert admin.post(f"users/{number}/disable")[0] == 303
    assert not ann.is_in()
    assert give_password(app.test_client(), PREFIX, "ann", PASSWORD).status_code == 401
    assert admin.post(f"users/{number}/enable")[0] == 303
    assert log_in(app.test_client(), PREFIX, "ann", PASSWORD, ann.phone).status_code == 303


def test_a_half_login_of_an_account_that_is_closed_meanwhile_comes_to_nothing(
    app: App, person: Make, db: Database
) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    client = app.test_client()
    place = give_password(client, PREFIX, "ann", PASSWORD).headers["Location"]
    token = form_token(client.get(place).get_data(as_text=True))
    admin.post(f"users/{id_of(db, 'ann')}/disable")
    assert client.post(place, data={"csrf": token, "code": ann.phone.next()}).status_code == 401
    assert client.get(PREFIX).status_code == 303


def test_a_lock_is_undone_by_an_administrator(app: App, person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    client = app.test_client()
    place = give_password(client, PREFIX, "ann", PASSWORD).headers["Location"]
    token = form_token(client.get(place).get_data(as_text=True))
    for _ in range(3):
        client.post(place, data={"csrf": token, "code": "1"})
    assert not ann.is_in()
    assert admin.post(f"users/{id_of(db, 'ann')}/unlock")[0] == 303
    assert log_in(app.test_client(), PREFIX, "ann", PASSWORD, ann.phone).status_code == 303


def test_reset_second_factors_are_set_up_anew(app: App, person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    assert admin.post(f"users/{id_of(db, 'ann')}/reset-mfa")[0] == 303
    assert not ann.is_in()
    assert log_in(app.test_client(), PREFIX, "ann", PASSWORD, Authenticator()).status_code == 200


def test_the_last_administrator_stays(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    number = id_of(db, "admin")
    assert admin.post(f"users/{number}/role", role="viewer")[0] == 409
    assert admin.post(f"users/{number}/disable")[0] == 409
    assert admin.is_in()


def test_an_invitation_is_good_once_and_expires(app: App, person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = person("admin", "admin")
    links = []
    for name in ("ann", "bob"):
        status, page = admin.post("users/invite", name=name, role="viewer")
        assert status == 200
        links.append(json.loads(page)["secret"].removeprefix("http://localhost"))
    assert admin.post("users/invite", name="ann", role="viewer")[0] == 409
    status, page = admin.post("users/invite", name="Zoë!", email="nowhere", role="root")
    assert status == 400
    assert set(json.loads(page)["fields"]) == {"name", "email", "role"}
    good = "violet anchor misled tundra"
    client = app.test_client()
    token = form_token(client.get(links[0]).get_data(as_text=True))
    data = {"csrf": token, "password": good, "again": good}
    assert client.post(links[0], data={**data, "again": "x"}).status_code == 400
    assert client.post(links[0], data=data).headers["Location"].endswith("/enrol")
    assert client.post(links[0], data=data).status_code == 410
    assert log_in(app.test_client(), PREFIX, "ann", good, Authenticator()).status_code == 200
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 49 * 3600)
    assert app.test_client().get(links[1]).status_code == 410


def test_a_dangerous_change_wants_a_fresh_factor_and_keeps_what_was_typed(
    person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    number = id_of(db, "ann")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 601)
    status, page = admin.post(f"users/{number}/role", role="operator")
    assert status == 403
    assert 'name="role" value="operator"' in page
    assert ann.is_in()
    status, page = admin.post(f"users/{number}/role", role="operator", code="000")
    assert status == 401
    before = admin.client.get_cookie("gatehouse_session", path=PREFIX)
    assert admin.post(f"users/{number}/role", role="operator", **admin.phone.fields())[0] == 303
    after = admin.client.get_cookie("gatehouse_session", path=PREFIX)
    assert before
    assert after
    assert before.value != after.value
    assert not ann.is_in()
    assert admin.post(f"users/{number}/role", role="viewer")[0] == 303


def test_sessions_are_listed_and_ended(app: App, person: Make, db: Database) -> None:
    ann = person("ann", "viewer")
    other = Person(app.test_client(), ann.phone)
    assert log_in(other.client, PREFIX, "ann", PASSWORD, ann.phone).status_code == 303
    page = ann.client.get(f"{PREFIX}account").get_data(as_text=True)
    found = re.findall(r"account/sessions/([0-9a-f]{64})/end", page)
    assert len(found) == 1
    assert ann.post(f"account/sessions/{found[0]}/end")[0] == 303
    assert not other.is_in()
    assert log_in(other.client, PREFIX, "ann", PASSWORD, ann.phone).status_code == 303
    assert ann.post("account/sessions/end")[0] == 303
    assert not other.is_in()
    assert ann.is_in()
    admin = person("admin", "admin")
    assert admin.post(f"users/{id_of(db, 'ann')}/sessions/end")[0] == 303
    assert not ann.is_in()


def test_nobody_ends_the_session_of_another(person: Make, db: Database) -> None:
    ann, bob = person("ann", "viewer"), person("bob", "viewer")
    admin = person("admin", "admin")
    page = admin.client.get(f"{PREFIX}users/{id_of(db, 'ann')}").get_data(as_text=True)
    found = re.findall(r"sessions/([0-9a-f]{64})/end", page)
    assert found
    for digest in found:
        bob.post(f"account/sessions/{digest}/end")
    assert ann.is_in()


def test_a_changed_password_ends_other_sessions_and_rotates_this_one(app: App, person: Make) -> None:
    ann = person("ann", "viewer")
    other = Person(app.test_client(), ann.phone)
    assert log_in(other.client, PREFIX, "ann", PASSWORD, ann.phone).status_code == 303
    new = "violet anchor misled tundra"
    assert ann.post("account/password", old="wrong", new=new, again=new)[0] == 400
    assert ann.post("account/password", old=PASSWORD, new="password1234", again="password1234")[0] == 400
    assert ann.post("account/password", old=PASSWORD, new=new, again="x" * 14)[0] == 400
    assert ann.post("account/password", old=PASSWORD, new=new, again=new)[0] == 303
    assert ann.is_in()
    assert not other.is_in()
    assert give_password(app.test_client(), PREFIX, "ann", PASSWORD).status_code == 401
    assert give_password(app.test_client(), PREFIX, "ann", new).status_code == 303


def test_new_recovery_codes_make_the_old_ones_worthless(app: App, person: Make) -> None:
    ann = person("ann", "viewer")
    old = ann.phone.recovery[0]
    status, page = ann.post("account/codes")
    new = json.loads(page)["secret"].split()
    assert status == 200
    assert len(new) == 10
    for code, good in ((old, False), (new[4], True), (new[4], False)):
        client = app.test_client()
        place = give_password(client, PREFIX, "ann", PASSWORD).headers["Location"]
        token = form_token(client.get(place).get_data(as_text=True))
        assert (client.post(place, data={"csrf": token, "recovery": code}).status_code == 303) is good


def test_the_audit_page_filters_exports_and_proves(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    admin.post("users/invite", name="ann", role="viewer")
    page = admin.client.get(f"{PREFIX}audit?action=user.invite").get_data(as_text=True)
    assert page.count('\\"user.invite\\"') == 1
    assert "mfa.enrol" not in page
    assert admin.client.get(f"{PREFIX}audit?from=yesterday").status_code == 400
    lines = admin.client.get(f"{PREFIX}audit.csv?target=user:ann").get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert "unbroken chain" in admin.post("audit/verify")[1]
    with db.transaction() as connection:
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit_log SET actor = 'nobody' WHERE seq = 2"))
    assert "Verification failed at row 2" in admin.post("audit/verify")[1]


def test_a_token_is_made_shown_once_used_and_revoked(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    assert admin.post("tokens", name="shop", days="x", scope="ingest")[0] == 400
    status, page = admin.post("tokens", name="shop")
    assert status == 400
    assert "Choose at least one." in page  # that the form keeps what was typed: tests/browser/test_shell.py
    status, page = admin.post("tokens", name="shop", scope="ingest", days="30")
    found = re.search(r"gate_[\w-]{43}", page)
    assert status == 200
    assert found
    listed = admin.client.get(f"{PREFIX}tokens").get_data(as_text=True)
    assert found.group() not in listed
    token_id = re.search(r"tokens/([0-9a-f]{10})/revoke", listed)
    assert token_id
    assert tokens.digest(found.group()) in tokens.active(db)
    assert admin.post(f"tokens/{token_id.group(1)}/revoke")[0] == 303
    assert tokens.active(db) == {}
    assert admin.post(f"tokens/{token_id.group(1)}/revoke")[0] == 409
