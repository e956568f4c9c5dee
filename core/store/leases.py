"""Duties that one process at a time may do, whoever runs how many of them (A9): a lease with a fencing token.

The holder renews its lease; when it does not, another takes over with a greater token. A holder that slept past its
end finds out at its next write: `hold` is the first thing in each of its transactions. The database's clock decides.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from core.errors import GatehouseError
from core.store.db import Database
from core.store.queries import query


class LeaseLost(GatehouseError):
    """Somebody else has the duty now; nothing was written."""


class Lease(NamedTuple):
    """A duty that this process holds."""

    name: str
    holder: str
    token: int


def take(database: Database, name: str, holder: str, seconds: float) -> Lease | None:
    """Take or renew a duty for `seconds`; None while somebody else has it. Raises DatabaseAway.

    `holder` must differ between processes, and between two lives of one.
    """
    values = {"name": name, "holder": holder, "seconds": seconds}
    with database.transaction() as connection:
        token = connection.execute(query("leases.take"), values).scalar()
    return None if token is None else Lease(name, holder, int(token))


def hold(connection: Connection, lease: Lease, seconds: float = 15.0) -> None:
    """Lock the duty until the transaction ends, so that it cannot change hands before the commit. Raises LeaseLost.

    PostgreSQL ends the session of a process that falls silent in this transaction for `seconds` (it was paused, or its
    machine is gone), or its lock would keep everybody else from the duty.
    """
    connection.execute(query("leases.do_not_linger"), {"limit": f"{max(1, round(seconds * 1000))}ms"})
    if connection.execute(query("leases.hold"), lease._asdict()).first() is None:
        raise LeaseLost(f"the lease {lease.name!r} has a new holder")


def give_up(database: Database, lease: Lease) -> None:
    """Let somebody else have the duty at once. Raises DatabaseAway."""
    with database.transaction() as connection:
        connection.execute(query("leases.give_up"), lease._asdict())
