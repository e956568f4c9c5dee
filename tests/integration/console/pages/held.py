"""The pages of transactions as a person reaches them."""

from typing import Any

from sqlalchemy import text

from console.app import PREFIX
from core.db.engine import Database
from tests.components import Shown, shown
from tests.integration.console.conftest import Person

ROOT = f"{PREFIX}transactions"


def page(person: Person, path: str = "", status: int = 200) -> Shown:
    return shown(person.client, ROOT + path, status)


def ids(page: Shown) -> list[str]:
    return page.ids()


def post(person: Person, path: str, **fields: str) -> Any:
    return person.client.post(PREFIX + path, data=fields, headers={"X-CSRF-Token": person.token()})


def one_value(db: Database, statement: str) -> Any:
    with db.transaction() as connection:
        return connection.execute(text(statement)).scalar()
