"""How a command of another terminal reaches its servers: those of the environment, else the running stack's."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from core.audit.chain import Audit
from core.db.engine import Database
from stack.start import Stack


class Reached(NamedTuple):
    """The database, its audit log, and the name that changes by this command go under."""

    database: Database
    audit: Audit
    actor: str


def addresses(stack: Stack) -> dict[str, str]:
    """Where PostgreSQL and Redis answer, and the secrets that belong to them. Raises StackError without any stack."""
    known = stack.settings
    if not known.database_url:
        return stack.home.addresses()
    given = {"DATABASE_URL": known.database_url, "REDIS_URL": known.redis_url}
    return given | {"GATEHOUSE_SECRET_KEY": known.secret_key}


def log_of(stack: Stack, known: dict[str, str]) -> Audit:
    """The audit log at these addresses, with the anchor that its processes here keep."""
    return Audit.of(stack.settings, known["DATABASE_URL"], known.get("GATEHOUSE_SECRET_KEY", ""))


@contextmanager
def reached(stack: Stack) -> Iterator[Reached]:
    """What a command changes, closed at its end. Raises StackError."""
    known = addresses(stack)
    database = Database(known["DATABASE_URL"])
    try:
        yield Reached(database, log_of(stack, known), f"{getpass.getuser()} (command line)")
    finally:
        database.close()
