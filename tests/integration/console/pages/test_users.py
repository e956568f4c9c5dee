"""The page of users: what it says of each account, and that the link of somebody new is shown once."""

from collections.abc import Callable

from sqlalchemy import text

from console.app import PREFIX
from core import codec
from core.db.engine import Database
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def test_each_account_says_how_it_stands(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    for name in ("ann", "bob", "dan"):
        assert admin.post("users/invite", name=name, role="viewer")[0] == 200
    with db.transaction() as connection:
        connection.execute(text("UPDATE users SET disabled_at = now() WHERE name = 'ann'"))
        connection.execute(text("UPDATE users SET locked_at = now(), locked_reason = 'A4' WHERE name = 'bob'"))
    page = admin.client.get(f"{PREFIX}users?fragment=1").get_data(as_text=True)
    for word in ("disabled", "locked", "invited"):
        assert page.count(f'\\"{word}\\"') == 1, word


def test_the_link_of_somebody_new_is_shown_once(person: Make) -> None:
    admin = person("admin", "admin")
    answer = codec.decode(admin.post("users/invite", name="ann", role="viewer")[1].encode())
    assert "/login/invitation/" in answer["secret"]
    assert "works once and expires in 48 hours" in answer["note"]
    assert "/login/invitation/" not in admin.client.get(f"{PREFIX}users").get_data(as_text=True)
