"""Applies the forward SQL files of sql/migrations under an advisory lock; `python -m core.db.migrate` runs it."""

import sys
from pathlib import Path

from core import settings
from core.db import partitions
from core.db.engine import Database
from core.errors import GatehouseError, Refused
from core.settings import ROOT

FOLDER = ROOT / "sql" / "migrations"
_LOCK = 7_305_001


def migrate(database: Database, folder: Path = FOLDER) -> list[str]:
    """Apply what is missing, each file in its own transaction; returns the names applied.

    Safe to run from several processes at once. Makes the partitions of the coming months too. Raises Refused for a new
    database that cannot hold every letter.
    """
    _check_encoding(database)
    applied: list[str] = []
    for path in sorted(folder.glob("*.sql")):
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations"
                " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            cursor.execute("SELECT 1 FROM schema_migrations WHERE name = %s", (path.name,))
            if cursor.fetchone():
                continue
            cursor.execute(path.read_text())
            cursor.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
            applied.append(path.name)
    partitions.ensure(database)
    return applied


def _check_encoding(database: Database) -> None:
    """Before the first migration only: an installation that has lived with its encoding so far goes on."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), current_setting('server_encoding'), to_regclass('schema_migrations')"
        )
        name, encoding, known = cursor.fetchone()
    if known is None and encoding != "UTF8":
        raise Refused(
            f"the database {name} has the encoding {encoding}, which cannot hold every letter;"
            f" create it again: createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 {name}"
        )


def main() -> int:
    """Command line: migrate the database that DATABASE_URL names."""
    try:
        known = settings.load()
        known.require("database_url")
        for name in migrate(Database(known.database_url)):
            print(f"applied {name}")
    except GatehouseError as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
