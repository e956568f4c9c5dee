"""The page of API tokens: what it lists of a token, and which of them can still be revoked."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from console.app import PREFIX
from core import clock
from core.audit.chain import Audit
from core.db.engine import Database
from core.identity import tokens
from tests.integration.console.conftest import VARIABLES, Person

Make = Callable[[str, str], Person]


def test_active_expired_and_revoked_tokens_say_so_and_only_active_ones_have_a_button(
    person: Make, db: Database
) -> None:
    admin = person("admin", "admin")
    audit = Audit(VARIABLES["GATEHOUSE_SECRET_KEY"])
    later = clock.to_datetime(clock.now()) + timedelta(days=1)
    made = {name: tokens.create(db, audit, name, ["read"], "admin", later)[0] for name in ("shop", "door", "kiosk")}
    tokens.revoke(db, audit, made["door"], "admin")
    with db.transaction() as connection:
        connection.execute(
            text("UPDATE api_tokens SET created_at = now() - interval '3 days', expires_at = now() - interval '1 day' "
                 "WHERE name = 'kiosk'")
        )  # fmt: skip
    page = admin.client.get(f"{PREFIX}tokens?fragment=1").get_data(as_text=True)
    for word in ("Active", "Expired", "Revoked"):
        assert page.count(f">{word}<") == 1, word
    assert [name for name, number in made.items() if f"tokens/{number}/revoke" in page] == ["shop"]


def test_a_token_is_revoked_once(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    assert admin.post("tokens", name="shop", scope="read")[0] == 200
    with db.transaction() as connection:
        number = connection.execute(text("SELECT id FROM api_tokens")).scalar_one()
    assert admin.post(f"tokens/{number}/revoke")[0] == 303
    status, answer = admin.post(f"tokens/{number}/revoke")
    assert status == 409
    assert "This token does not exist or is already revoked" in answer


def test_a_token_is_bound_to_services(person: Make, db: Database) -> None:
    admin = person("admin", "admin")
    status, answer = admin.post("tokens", name="shop", scope="ingest", services=f"shop, {'x' * 101}")
    assert status == 400
    assert "at most 100 printable characters" in answer
    assert admin.post("tokens", name="shop", scope="ingest", services=" shop, checkout,, shop ")[0] == 200
    assert admin.post("tokens", name="all", scope="ingest")[0] == 200
    assert {one.name: one.services for one in tokens.listed(db)} == {"shop": ["checkout", "shop"], "all": None}
    page = admin.client.get(f"{PREFIX}tokens?fragment=1").get_data(as_text=True)
    assert "checkout, shop" in page
    bound = {one.name: one.binding for one in tokens.active(db).values()}
    assert [bound["shop"].allows("shop"), bound["shop"].allows("x"), bound["all"].allows("x")] == [True, False, True]
