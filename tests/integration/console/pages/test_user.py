"""The page of one user: its title, what it offers, and its changes."""

from collections.abc import Callable

from sqlalchemy import text

from console.app import PREFIX
from core import codec
from core.db.engine import Database
from core.identity import users
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def test_a_user_has_a_title_and_the_buttons_that_mean_something(person: Make, db: Database) -> None:
    admin, ann = person("admin", "admin"), person("ann", "viewer")
    assert ann.is_in()
    with db.transaction() as connection:
        found = users.by_name(connection, "ann")
    assert found
    address = f"{PREFIX}users/{found.id}?fragment=1"
    answer = admin.client.get(address)
    document = codec.decode(answer.data)
    assert (document["title"], document["page"], document["under"]) == ("ann", "user", "users")
    page = answer.get_data(as_text=True)
    assert f"users/{found.id}/disable" in page
    assert f"users/{found.id}/unlock" not in page
    with db.transaction() as connection:
        connection.execute(
            text("UPDATE users SET disabled_at = now(), locked_at = now() WHERE id = :id"), {"id": found.id}
        )
    page = admin.client.get(address).get_data(as_text=True)
    assert f"users/{found.id}/disable" not in page
    assert f"users/{found.id}/enable" in page
    assert f"users/{found.id}/unlock" in page


def test_nobody_has_a_page_who_does_not_exist(person: Make) -> None:
    admin = person("admin", "admin")
    for path in ("users/999", "users/x"):
        assert admin.client.get(PREFIX + path).status_code == 404
    assert admin.post("users/999/link")[0] == 404


def test_a_new_link_is_shown_once(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    admin.post("users/invite", name="ann", role="viewer")
    with db.transaction() as connection:
        found = users.by_name(connection, "ann")
    assert found
    status, page = admin.post(f"users/{found.id}/link")
    assert status == 200
    assert "/login/invitation/" in codec.decode(page.encode())["secret"]
