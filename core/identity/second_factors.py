"""Second factors in PostgreSQL: judged one at a time under a lock of the user's row, so that A4 holds on any worker."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from core.clock import to_datetime
from core.db.engine import Connection, Database
from core.db.queries import query
from core.identity import users
from core.identity.users import User


class FactorCheck(Enum):
    """What became of an attempt. `LOCKS`: judged wrong, and the account is locked from now on. `USED`: right before.

    `OVER`: not judged, because the account changed since the attempt began.
    """

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    LOCKS = "locks"
    LOCKED = "locked"
    CLOSED = "closed"
    OVER = "over"


class Used(Exception):
    """Raised by an attempt that was right but accepted before: it opens nothing, and nobody guessed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many wrong attempts within how many seconds lock an account."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Passkey:
    """A row of `passkeys`."""

    id: int
    user_id: int
    credential: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: Any
    used_at: Any


Attempt = Callable[[Connection, User], bool]
Then = Callable[[Connection, User], None]


def judge(
    database: Database,
    user_id: int,
    epoch: int,
    attempt: Attempt,
    then: Then,
    on_lock: Then,
    bounds: Bounds,
    now: float,
    ip: str | None,
    emergency: bool = False,
) -> FactorCheck:
    """Judge one attempt, alone: a lock of the user's row makes any other wait for the outcome.

    A locked or disabled account is not judged at all, but with `emergency` a locked break-glass account is; nor is an
    attempt that began in another `epoch` of the account. `then` runs in the same transaction when the attempt is right,
    `on_lock` when it locks the account. An attempt that raises `Used` counts neither way.
    """
    with database.transaction() as connection:
        user = users.by_id(connection, user_id, lock=True)
        if user is None or user.disabled_at is not None:
            return FactorCheck.CLOSED
        if user.locked_at is not None and not (emergency and user.break_glass):
            return FactorCheck.LOCKED
        if user.epoch != epoch:
            return FactorCheck.OVER
        try:
            is_right = attempt(connection, user)
        except Used:
            return FactorCheck.USED
        if is_right:
            connection.execute(query("factors.forget_failures"), {"id": user_id})
            then(connection, user)
            return FactorCheck.RIGHT
        connection.execute(query("factors.fail"), {"id": user_id, "at": to_datetime(now), "ip": ip or None})
        since = to_datetime(now - bounds.seconds)
        failed = connection.execute(query("factors.failures"), {"id": user_id, "since": since}).scalar_one()
        if failed < bounds.most or user.locked_at is not None:
            return FactorCheck.WRONG
        reason = f"{failed} failed MFA attempts in {bounds.seconds / 60:g} minutes"
        users.lock(connection, user_id, now, reason)
        on_lock(connection, user)
        return FactorCheck.LOCKS


def use_step(connection: Connection, user_id: int, step: int) -> bool:
    """Accept the code of a step; False when it, or a later one, was accepted before."""
    return connection.execute(query("users.use_step"), {"id": user_id, "step": step}).first() is not None


def enrol(connection: Connection, user_id: int, sealed_secret: bytes, step: int, now: float) -> None:
    """From now on codes come from this authenticator; `step` is the one of its first code."""
    values = {"id": user_id, "secret": sealed_secret, "step": step, "at": to_datetime(now)}
    connection.execute(query("users.enrol"), values)


def reset(connection: Connection, user_id: int) -> None:
    """Forget authenticator, passkeys, recovery codes, devices and failures: the next login enrols anew.

    Whatever was let in until now is over, also where there was nothing to forget.
    """
    users.end_epoch(connection, user_id)
    for name in ("users.forget_factors", *(f"factors.{x}" for x in ("drop_codes", "drop_passkeys", "forget_devices"))):
        connection.execute(query(name), {"id": user_id})
    forget_failures(connection, user_id)


def has_any(connection: Connection, user: User) -> bool:
    """Whether the user has a second factor to show: then none is set up without it."""
    return user.enrolled_at is not None or bool(passkeys(connection, user.id))


def forget_failures(connection: Connection, user_id: int) -> None:
    """An unlocked account starts to count anew."""
    connection.execute(query("factors.forget_failures"), {"id": user_id})


def codes(connection: Connection, user_id: int) -> dict[int, str]:
    """Hashes of the recovery codes that are left, by slot."""
    return {row.slot: row.hash for row in connection.execute(query("factors.codes"), {"id": user_id})}


def used_code(connection: Connection, user_id: int, slot: int) -> str | None:
    """The hash of a recovery code that was used, if this one was."""
    found = connection.execute(query("factors.used_code"), {"id": user_id, "slot": slot}).scalar()
    return None if found is None else str(found)


def use_code(connection: Connection, user_id: int, slot: int, now: float) -> bool:
    """Use a recovery code up; False when it was used before."""
    values = {"id": user_id, "slot": slot, "at": to_datetime(now)}
    return connection.execute(query("factors.use_code"), values).first() is not None


def set_codes(connection: Connection, user_id: int, hashes: list[str]) -> None:
    """New recovery codes instead of all old ones."""
    connection.execute(query("factors.drop_codes"), {"id": user_id})
    for slot, found in enumerate(hashes):
        connection.execute(query("factors.add_code"), {"id": user_id, "slot": slot, "hash": found})


def passkeys(connection: Connection, user_id: int) -> list[Passkey]:
    """The passkeys of a user."""
    rows = connection.execute(query("factors.passkeys"), {"id": user_id}).mappings()
    return [
        Passkey(**{**row, "credential": bytes(row["credential"]), "public_key": bytes(row["public_key"])})
        for row in rows
    ]


def add_passkey(
    connection: Connection, user_id: int, credential: bytes, public_key: bytes, sign_count: int, name: str
) -> bool:
    """One more passkey; False when the credential is known already."""
    values = {
        "id": user_id,
        "credential": credential,
        "public_key": public_key,
        "sign_count": sign_count,
        "name": name,
    }
    return connection.execute(query("factors.add_passkey"), values).first() is not None


def use_passkey(connection: Connection, passkey_id: int, sign_count: int, now: float) -> None:
    """Keep the counter of a passkey that was just used."""
    connection.execute(
        query("factors.use_passkey"), {"id": passkey_id, "sign_count": sign_count, "at": to_datetime(now)}
    )


def drop_passkey(connection: Connection, user_id: int, passkey_id: int) -> str | None:
    """Remove a passkey of this user; its name, or None when there was none."""
    row = connection.execute(query("factors.drop_passkey"), {"id": user_id, "passkey": passkey_id}).first()
    return None if row is None else str(row.name)


def knows_device(connection: Connection, user_id: int, digest: str) -> bool:
    """Whether this user came in from this browser before."""
    return connection.execute(query("factors.knows_device"), {"id": user_id, "digest": digest}).first() is not None


def know_device(connection: Connection, user_id: int, digest: str, now: float) -> None:
    """From now on the browser counts as the user's own."""
    connection.execute(query("factors.know_device"), {"id": user_id, "digest": digest, "at": to_datetime(now)})


def invite(connection: Connection, user_id: int, digest: str, expires: float) -> None:
    """A one-time link, known by its digest, good until epoch second `expires`; earlier ones lead nowhere."""
    connection.execute(query("factors.withdraw"), {"id": user_id})
    connection.execute(query("factors.invite"), {"digest": digest, "id": user_id, "expires_at": to_datetime(expires)})


def invited(connection: Connection, digest: str, now: float) -> int | None:
    """The user whom a link that is still good belongs to; the link is held until the transaction ends."""
    found = connection.execute(query("factors.invited"), {"digest": digest, "now": to_datetime(now)}).scalar()
    return None if found is None else int(found)


def use_invitation(connection: Connection, digest: str, now: float) -> None:
    """The link leads nowhere from now on."""
    connection.execute(query("factors.use_invitation"), {"digest": digest, "now": to_datetime(now)})
