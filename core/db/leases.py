"""Duties that one process at a time may do, whoever runs how many of them (A9): a lease with a fencing token.

The holder renews its lease; when it does not, another takes over with a greater token. A holder that slept past its
end finds out at its next write: `hold` is the first thing in each of its transactions. The database's clock decides.
"""

from typing import NamedTuple

from core.db.engine import Connection, Database
from core.db.queries import query
from core.errors import GatehouseError

LEAST_SILENCE = 250  # ms: a busy machine takes that long between two statements


class LeaseLost(GatehouseError):
    """Somebody else has the duty now; nothing was written."""


class Lease(NamedTuple):
    """A duty that this process holds."""

    name: str
    holder: str
    token: int


def take(database: Database, name: str, holder: str, seconds: float) -> Lease | None:
    """Take or renew a duty for `seconds`; None while somebody else has it. Raises DatabaseUnavailable.

    `holder` must differ between processes, and between two lives of one.
    """
    values = {"name": name, "holder": holder, "seconds": seconds}
    with database.transaction() as connection:
        _do_not_linger(connection, seconds)
        token = connection.execute(query("leases.take"), values).scalar()
    return None if token is None else Lease(name, holder, int(token))


def hold(connection: Connection, lease: Lease, seconds: float = 15.0) -> None:
    """Lock the duty until the transaction ends, so that it cannot change hands before the commit. Raises LeaseLost.

    PostgreSQL ends the session of a process that falls silent in this transaction for `seconds` (it was paused, or its
    machine is gone), or its lock would keep everybody else from the duty; and it refuses to wait longer than that for a
    lock that somebody else holds.
    """
    _do_not_linger(connection, seconds)
    if connection.execute(query("leases.hold"), lease._asdict()).first() is None:
        raise LeaseLost(f"the lease {lease.name!r} has a new holder")


def give_up(database: Database, lease: Lease) -> None:
    """Let somebody else have the duty at once. Raises DatabaseUnavailable."""
    with database.transaction() as connection:
        connection.execute(query("leases.give_up"), lease._asdict())


def _do_not_linger(connection: Connection, seconds: float) -> None:
    limit = max(LEAST_SILENCE, round(seconds * 1000))
    limits = {"limit": f"{limit}ms", "longest": f"{4 * limit}ms"}
    connection.execute(query("leases.do_not_linger"), limits)
