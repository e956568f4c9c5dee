"""The people who may log in. Each function works in the caller's transaction, so that the audit joins it."""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput
from core.identity import usernames as names


@dataclass(frozen=True, slots=True)
class User:
    """A row of `users`; see sql/migrations/0002_access.sql."""

    id: int
    name: str
    email: str
    role: str
    password_hash: str | None
    seed_hash: str | None
    oidc_subject: str | None
    totp_secret: bytes | None
    totp_step: int
    passkey_handle: bytes
    enrolled_at: datetime | None
    disabled_at: datetime | None
    locked_at: datetime | None
    locked_reason: str
    break_glass: bool
    created_at: datetime
    password_at: datetime | None
    login_at: datetime | None
    epoch: int = 0
    passkey_count: int = 0
    codes_left: int = 0
    invited: bool = False

    @property
    def open(self) -> bool:
        """Whether the account is neither disabled nor locked."""
        return self.disabled_at is None and self.locked_at is None


def by_name(connection: Connection, name: str) -> User | None:
    """The user of a name, however it is spelt; an account that has an older spelling answers to exactly that."""
    typed = "".join(char for char in name.strip().lower() if char.isprintable())
    return _one(connection, "users.by_name", typed=typed, name=names.canonical(name))


def by_id(connection: Connection, user_id: int, lock: bool = False) -> User | None:
    """The user of an id; with `lock` no other transaction judges or changes them until this one ends."""
    return _one(connection, "users.by_id_locked" if lock else "users.by_id", id=user_id)


def by_subject(connection: Connection, subject: str) -> User | None:
    """The user whom the identity provider knows as `subject` (issuer and subject)."""
    return _one(connection, "users.by_subject", subject=subject)


def listing(connection: Connection) -> list[User]:
    """Everybody by name, with counts of passkeys and recovery codes left."""
    return [_user(row) for row in connection.execute(query("users.listing")).mappings()]


def insert(
    connection: Connection,
    name: str,
    role: str,
    email: str = "",
    password_hash: str | None = None,
    seed_hash: str | None = None,
    oidc_subject: str | None = None,
    break_glass: bool = False,
) -> User | None:
    """A new user; None when the name, one that looks the same, or the provider's subject is taken.

    Raises BadInput for a name that no new account may have: whoever makes one comes through here.
    """
    if reason := names.refusal(name):
        raise BadInput("$.name", reason)
    name = names.canonical(name)
    alike = names.skeleton(name)
    if any(names.skeleton(known) == alike for known in connection.execute(query("users.names")).scalars()):
        return None
    return _one(
        connection,
        "users.insert",
        name=name,
        role=role,
        email=email,
        password_hash=password_hash,
        seed_hash=seed_hash,
        oidc_subject=oidc_subject,
        passkey_handle=secrets.token_bytes(32),
        break_glass=break_glass,
    )


def seed(connection: Connection, name: str, password_hash: str) -> User | None:
    """The administrator whom the environment names: made when missing, given the password when it is a new one there.

    Returns the user when something changed.
    """
    known = by_name(connection, name)
    if known is None:
        return insert(connection, name, "admin", password_hash=password_hash, seed_hash=password_hash, break_glass=True)
    return _one(connection, "users.reseed", id=known.id, hash=password_hash)


def set_role(connection: Connection, user_id: int, role: str) -> None:
    """Another role."""
    connection.execute(query("users.set_role"), {"id": user_id, "role": role})


def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    """Another password."""
    connection.execute(query("users.set_password"), {"id": user_id, "hash": password_hash})


def rehash(connection: Connection, user_id: int, old_hash: str, password_hash: str) -> None:
    """The same password under newer parameters, unless it was changed meanwhile; ends nothing."""
    connection.execute(query("users.same_password"))
    connection.execute(query("users.rehash"), {"id": user_id, "old": old_hash, "hash": password_hash})


def disable(connection: Connection, user_id: int, now: float | None) -> None:
    """Close the account at `now`, or open it again with None."""
    connection.execute(query("users.set_disabled"), {"id": user_id, "at": None if now is None else to_datetime(now)})


def lock(connection: Connection, user_id: int, now: float | None, reason: str = "") -> None:
    """Lock the account at `now` for a reason, or unlock it with None."""
    at = None if now is None else to_datetime(now)
    connection.execute(query("users.set_locked"), {"id": user_id, "at": at, "reason": reason})


def note_login(connection: Connection, user_id: int, now: float) -> None:
    """Remember when somebody came in."""
    connection.execute(query("users.note_login"), {"id": user_id, "at": to_datetime(now)})


def end_epoch(connection: Connection, user_id: int) -> None:
    """Every session, half log-in and link of now is over, although nothing else changes."""
    connection.execute(query("users.end_epoch"), {"id": user_id})


def administering(connection: Connection) -> None:
    """Until the end of the transaction nobody else changes who administers; take it before any row."""
    connection.execute(query("users.administering"))


def is_last_admin(connection: Connection, user: User) -> bool:
    """Whether nobody could administer without this user; true for as long as `administering` holds."""
    if user.role != "admin" or user.disabled_at is not None or not (user.password_hash or user.oidc_subject):
        return False
    return int(connection.execute(query("users.other_admins"), {"id": user.id}).scalar_one()) == 0


def _one(connection: Connection, statement: str, /, **values: Any) -> User | None:
    row = connection.execute(query(statement), values).mappings().first()
    return None if row is None else _user(row)


def _user(row: Any) -> User:
    names = [field.name for field in fields(User) if field.name in row]
    values = {name: row[name] for name in names}
    values["passkey_handle"] = bytes(values["passkey_handle"])
    values["totp_secret"] = None if values["totp_secret"] is None else bytes(values["totp_secret"])
    return User(**values)
