"""Half log-ins, one-time links and the emergency entrance end with whatever changes the account (X7)."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from console.app import PREFIX
from core import clock
from core.db.engine import Database
from core.identity import second_factors, users
from core.web.app import App
from tests.integration.console.conftest import HASH, PASSWORD, Person
from tests.people import Authenticator, enrolment_key, form_token, give_password

Make = Callable[[str, str], Person]
NEW = "violet anchor misled tundra"


def id_of(db: Database, name: str) -> int:
    with db.transaction() as connection:
        found = users.by_name(connection, name)
    assert found
    return found.id


# By whom an account changes: the owner, an administrator, the alert worker or the command line.
CHANGES: dict[str, Callable[[Any, int], object]] = {
    "a new password": lambda c, user: users.set_password(c, user, "x"),
    "a reset of factors": lambda c, user: second_factors.reset(c, user),
    "a role": lambda c, user: users.set_role(c, user, "operator"),
    "closed and opened": lambda c, user: [users.disable(c, user, clock.now()), users.disable(c, user, None)],
    "locked and unlocked": lambda c, user: [users.lock(c, user, clock.now()), users.lock(c, user, None)],
    "end all": lambda c, user: users.end_epoch(c, user),
}


def begin(app: App) -> tuple[FlaskClient, str, str]:
    """A browser that is half in, where it is, and its form's token."""
    client = app.test_client()
    place = give_password(client, PREFIX, "ann", PASSWORD).headers["Location"]
    page = client.get(place).get_data(as_text=True)
    return client, place, page


@pytest.mark.parametrize("change", CHANGES)
def test_the_second_factor_opens_nothing_after_a_change(app: App, person: Make, db: Database, change: str) -> None:
    ann = person("ann", "viewer")
    client, place, page = begin(app)
    with db.transaction() as connection:
        CHANGES[change](connection, id_of(db, "ann"))
    answer = client.post(place, data={"csrf": form_token(page), **ann.phone.fields()})
    assert not answer.headers.get("Location", "").rstrip("/").endswith("monitoring")
    assert client.get(PREFIX).status_code == 303
    assert client.get(f"{PREFIX}login/enrol").headers["Location"] == f"{PREFIX}login"


@pytest.mark.parametrize("change", list(CHANGES))
def test_an_enrolment_under_way_enrols_nobody_after_a_change(app: App, db: Database, change: str) -> None:
    with db.transaction() as connection:
        assert users.insert(connection, "ann", "viewer", password_hash=HASH)
    client, place, page = begin(app)
    assert place.endswith("/enrol")
    phone = Authenticator()
    phone.scan(enrolment_key(page))
    with db.transaction() as connection:
        CHANGES[change](connection, id_of(db, "ann"))
    client.post(place, data={"csrf": form_token(page), "code": phone.next()})
    assert client.get(PREFIX).status_code == 303
    with db.transaction() as connection:
        user = users.by_name(connection, "ann")
    assert user
    assert user.enrolled_at is None


@pytest.mark.parametrize("change", CHANGES)
def test_a_one_time_link_opens_nothing_after_a_change(app: App, person: Make, db: Database, change: str) -> None:
    admin = person("admin", "admin")
    _, page = admin.post("users/invite", name="ann", role="viewer")
    link = json.loads(page)["secret"].removeprefix("http://localhost")
    client = app.test_client()
    token = form_token(client.get(link).get_data(as_text=True))
    with db.transaction() as connection:
        CHANGES[change](connection, id_of(db, "ann"))
    with db.transaction() as connection:
        before = users.by_name(connection, "ann")
    answer = client.post(link, data={"csrf": token, "password": NEW, "again": NEW})
    assert answer.status_code == 410
    with db.transaction() as connection:
        assert users.by_name(connection, "ann") == before


def test_the_attacker_with_the_old_password_enrols_nothing(app: App, person: Make, db: Database) -> None:
    """As it was reported: half-way in with the old password, then the owner's new one and a reset of factors."""
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    client, _, _ = begin(app)
    assert ann.post("account/password", old=PASSWORD, new=NEW, again=NEW)[0] == 303
    assert admin.post(f"users/{id_of(db, 'ann')}/reset-mfa")[0] == 303
    assert client.get(f"{PREFIX}login/enrol").status_code == 303
    with db.transaction() as connection:
        user = users.by_name(connection, "ann")
    assert user
    assert user.enrolled_at is None


def test_a_password_that_was_shown_before_a_change_does_not_change_it_back(
    app: App, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = person("ann", "viewer")
    token = ann.token()
    from console.pages.account import page as account

    made = account.make_hash

    def meanwhile(password: str) -> str:
        with db.transaction() as connection:
            users.set_password(connection, id_of(db, "ann"), "of the owner")
        return made(password)

    monkeypatch.setattr(account, "make_hash", meanwhile)
    data = {"csrf": token, "old": PASSWORD, "new": NEW, "again": NEW}
    assert ann.client.post(f"{PREFIX}account/password", data=data).status_code == 401
    with db.transaction() as connection:
        user = users.by_name(connection, "ann")
    assert user
    assert user.password_hash == "of the owner"


def race(works: list[Callable[[], object]]) -> None:
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        work()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("ways", [("role", "role"), ("disable", "disable"), ("role", "disable")])
def test_two_administrators_who_end_each_other_at_once_leave_one(
    app: App, person: Make, db: Database, ways: tuple[str, str]
) -> None:
    first, second = person("admin", "admin"), person("bob", "admin")
    numbers = (id_of(db, "bob"), id_of(db, "admin"))
    tokens = (first.token(), second.token())

    def act(someone: Person, number: int, token: str, way: str) -> Callable[[], object]:
        return lambda: someone.client.post(f"{PREFIX}users/{number}/{way}", data={"csrf": token, "role": "viewer"})

    race([act(one, n, t, w) for one, n, t, w in zip((first, second), numbers, tokens, ways, strict=True)])
    with db.transaction() as connection:
        left = [user for user in users.listing(connection) if user.role == "admin" and user.open]
    assert len(left) == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE users SET role = 'viewer' WHERE id = :id", "UPDATE users SET disabled_at = now() WHERE id = :id",
     "DELETE FROM users WHERE id = :id"],
)  # fmt: skip
def test_no_path_takes_the_last_administrator_away(db: Database, statement: str) -> None:
    """The command line, the worker or a person at psql: the table itself refuses, two at once too."""
    with db.transaction() as connection:
        made = [users.insert(connection, name, "admin", password_hash=HASH) for name in ("ada", "bob")]
        invited = users.insert(connection, "eve", "admin")  # has never been in, so counts for nobody
    assert invited
    refused: list[str] = []

    def end(number: int) -> Callable[[], None]:
        def work() -> None:
            try:
                with db.transaction() as connection:
                    connection.execute(text(statement), {"id": number})
            except IntegrityError as error:
                refused.append(str(error))

        return work

    race([end(user.id) for user in made if user])
    assert len(refused) == 1
    assert "last administrator" in refused[0]
