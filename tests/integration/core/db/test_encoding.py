"""Every letter reaches PostgreSQL whatever encoding its owner gave the database, and a new one must be UTF-8."""

import secrets
from collections.abc import Iterator

import pytest

from core.db.engine import Database
from core.db.migrate import migrate
from core.errors import Refused
from stack.postgres import Postgres

TEXT = "Überweisung … 票 🎫"


@pytest.fixture
def ascii_url(postgres_server: Postgres) -> Iterator[str]:
    """A database as `initdb` makes it where no locale is set."""
    name = f"ascii_{secrets.token_hex(4)}"
    postgres_server.run("createdb", "--encoding=SQL_ASCII", "--locale=C", "--template=template0", name)
    yield postgres_server.url(name)
    postgres_server.run("dropdb", "--force", name)


def test_a_database_without_an_encoding_gives_back_what_it_got(ascii_url: str) -> None:
    database = Database(ascii_url)
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT %s", (TEXT,))
        assert cursor.fetchone() == (TEXT,)
    database.close()


def test_a_new_database_must_be_utf8(ascii_url: str) -> None:
    database = Database(ascii_url)
    with pytest.raises(Refused, match=r"SQL_ASCII.*createdb --encoding=UTF8"):
        migrate(database)
    database.close()


def test_one_that_was_migrated_before_goes_on(ascii_url: str) -> None:
    database = Database(ascii_url)
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz)")
    assert len(migrate(database)) > 5
    database.close()
