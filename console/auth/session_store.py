"""Which console sessions are good (X7): one row each in PostgreSQL, in the epoch of its account.

Redis holds what a session is; this table alone says that it is. A Redis that was emptied, restored from an old dump or
taken over from a replica that lags can therefore end sessions, never bring one back. What changes a session works in
the caller's transaction, so that it begins, moves and ends together with what causes it.
"""

from dataclasses import dataclass

from core.clock import to_datetime
from core.db.engine import Connection, Database
from core.db.queries import query, sql


@dataclass(frozen=True, slots=True)
class Named:
    """What a cookie says: whose session it means, which one, and the digest of the secret that opens it."""

    user_id: int
    id: str
    digest: str

    @property
    def values(self) -> dict[str, str | int]:
        """As its queries take it."""
        return {"id": self.id, "user_id": self.user_id, "digest": self.digest}


def add(connection: Connection, named: Named, now: float, oldest: float) -> int | None:
    """A session begins; its epoch, or None when the account is closed. Those that began before `oldest` go."""
    connection.execute(query("sessions.sweep"), {"user_id": named.user_id, "oldest": to_datetime(oldest)})
    found = connection.execute(query("sessions.add"), {**named.values, "at": to_datetime(now)}).scalar()
    return None if found is None else int(found)


def standing(database: Database, named: Named) -> str | None:
    """The role of a session that is good, or None; asked with every request. Raises DatabaseUnavailable."""
    found = database.look(sql("sessions.standing"), named.values)
    return None if found is None else str(found[0])


def hold(connection: Connection, named: Named) -> bool:
    """Whether a session is good; if so, nobody ends it before this transaction ends."""
    return connection.execute(query("sessions.hold"), named.values).scalar() is not None


def move(connection: Connection, named: Named, digest: str) -> int | None:
    """Another cookie for the same session; its epoch, or None when it ended meanwhile."""
    values = {"id": named.id, "user_id": named.user_id, "old": named.digest, "digest": digest}
    found = connection.execute(query("sessions.move"), values).scalar()
    return None if found is None else int(found)


def carry(connection: Connection, named: Named, epoch: int, digest: str) -> int | None:
    """Take a session of `epoch`, held by this transaction, along into the epoch of now, which is returned."""
    values = {"id": named.id, "user_id": named.user_id, "old": named.digest, "epoch": epoch, "digest": digest}
    found = connection.execute(query("sessions.carry"), values).scalar()
    return None if found is None else int(found)


def good(connection: Connection, user_id: int) -> set[str]:
    """The ids of a user's sessions that are good."""
    return set(connection.execute(query("sessions.good"), {"user_id": user_id}).scalars())


def drop(connection: Connection, user_id: int, session_id: str) -> bool:
    """One session is over, whatever its cookie is by now; whether there was one."""
    return connection.execute(query("sessions.drop"), {"id": session_id, "user_id": user_id}).rowcount > 0


def drop_by_cookie(connection: Connection, named: Named) -> bool:
    """The session that a cookie opens is over; whether there was one."""
    return connection.execute(query("sessions.drop_by_cookie"), named.values).rowcount > 0
