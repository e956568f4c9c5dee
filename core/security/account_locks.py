"""Locked accounts of the platform: the platform reads the list and enforces it; our own console's are in `users`.

Names are compared without regard to case, as the platform's events spell them.
"""

from datetime import datetime

from msgspec import Struct

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput


class AccountLock(Struct, frozen=True):
    """A row of `account_locks`; `until` None: until a person releases it."""

    account: str
    since: datetime
    until: datetime | None
    reason: str
    incident_id: str | None
    released_at: datetime | None
    released_by: str | None


def lock(
    connection: Connection,
    audit: Audit,
    account: str,
    now: float,
    until: float | None,
    reason: str,
    actor: str,
    incident_id: str | None = None,
    correlation_id: str | None = None,
) -> AccountLock:
    """Lock an account, or extend its lock; audited. Raises BadInput for an empty name."""
    values = {
        "account": _name(account),
        "at": to_datetime(now),
        "until": None if until is None else to_datetime(until),
        "reason": reason[:500],
        "incident_id": incident_id,
    }
    found = AccountLock(**connection.execute(query("account_locks.lock"), values).mappings().one())
    after = {"locked": True, "until": found.until, "reason": found.reason}
    audit.append(
        connection, actor, "account.lock", f"account:{found.account}", None, after, correlation_id=correlation_id
    )
    return found


def release(connection: Connection, audit: Audit, account: str, actor: str, now: float) -> AccountLock:
    """Open an account again; audited. Raises BadInput when it is not locked."""
    values = {"account": _name(account), "at": to_datetime(now), "actor": actor}
    row = connection.execute(query("account_locks.release"), values).mappings().first()
    if row is None:
        raise BadInput("$.account", f"{values['account']} is not locked")
    found = AccountLock(**row)
    audit.append(connection, actor, "account.release", f"account:{found.account}", {"locked": True}, {"locked": False})
    return found


def listed(connection: Connection, now: float, most: int = 10_000) -> list[AccountLock]:
    """Accounts that are locked now, the newest lock first."""
    rows = connection.execute(query("account_locks.running"), {"now": to_datetime(now), "most": most}).mappings()
    return [AccountLock(**row) for row in rows]


def _name(account: str) -> str:
    name = account.strip().lower()
    if not name or len(name) > 200:
        raise BadInput("$.account", "an account's name has 1 to 200 characters")
    return name
