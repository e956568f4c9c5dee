"""The second factor: an authenticator's code, a recovery code, or a passkey; judged under the account's lock."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import request

from console.auth import passkeys
from console.auth.door import Door, address
from core import clock, totp
from core.errors import SealBroken
from core.store import factors
from core.store.factors import Verdict
from core.store.users import User

CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # 31 signs, none looks like another: 10 of them are 49 bits
_hasher = PasswordHasher(2, 19456, 1)
SENTENCES = {
    Verdict.WRONG: "That code is wrong, too old, or was used already. Wait for the next one.",
    Verdict.LOCKS: "Too many wrong codes: this account is locked now. An administrator can unlock it.",
    Verdict.LOCKED: "This account is locked. An administrator can unlock it.",
    Verdict.CLOSED: "This account is closed. Ask an administrator.",
}


@dataclass
class Shown:
    """What somebody offers as a second factor, and what it turned out to be: code, recovery or passkey."""

    code: str = ""
    recovery: str = ""
    passkey: str = ""
    challenge: str = ""
    kind: str = field(default="", init=False)

    @staticmethod
    def of_form(challenge: str = "") -> "Shown":
        """From the fields `code`, `recovery` and `passkey` of the request's form."""
        form = request.form
        return Shown(
            form.get("code", "")[:64], form.get("recovery", "")[:64], form.get("passkey", "")[:20_000], challenge
        )

    @property
    def empty(self) -> bool:
        """Whether nothing was offered."""
        return not (self.code.strip() or self.recovery.strip() or self.passkey)


def present(door: Door, user: User, shown: Shown, then: factors.Then, emergency: bool = False) -> Verdict:
    """Judge a second factor; the third wrong one locks the account, ends its sessions and sends A4's event."""
    now = clock.now()

    def attempt(connection: Any, locked: User) -> bool:
        shown.kind = _kind(door, connection, locked, shown, now)
        return bool(shown.kind) and (not emergency or shown.kind == "recovery")

    def on_lock(connection: Any, locked: User) -> None:
        door.record(connection, "user.lock", f"user:{locked.name}", {"locked": False}, {"locked": True}, "A4")

    verdict = factors.judge(
        door.database, user.id, attempt, then, on_lock, door.config.mfa_bounds, now, address(), emergency
    )
    if verdict is Verdict.LOCKS:
        door.sessions.end_all(user.id)
        door.tell("critical", "mfa-lock", "failure", f"Account {user.name} locked after failed MFA attempts", user.name)
    elif verdict is Verdict.WRONG:
        door.tell("medium", "mfa", "failure", f"Failed MFA attempt of {user.name}", user.name)
    elif verdict is Verdict.LOCKED:
        door.tell("medium", "mfa", "failure", f"MFA attempt on the locked account {user.name}", user.name)
    return verdict


def new_codes() -> tuple[list[str], list[str]]:
    """Ten recovery codes as people keep them, and their hashes. The first sign says which of the ten it is."""
    codes = [f"{slot}-{_random(5)}-{_random(5)}" for slot in range(CODES)]
    return codes, [_hasher.hash(_plain(code)) for code in codes]


def _kind(door: Door, connection: Any, user: User, shown: Shown, now: float) -> str:
    if shown.passkey:
        return "passkey" if passkeys.is_right(connection, user, shown.passkey, shown.challenge, now) else ""
    if shown.recovery.strip():
        return "recovery" if _recovers(connection, user, shown.recovery, now) else ""
    return "code" if _codes(door, connection, user, shown.code, now) else ""


def _codes(door: Door, connection: Any, user: User, typed: str, now: float) -> bool:
    if user.totp_secret is None:
        return False
    try:
        secret = door.sealer.open(user.totp_secret, f"totp:{user.id}")
    except SealBroken:
        return False
    step = totp.matching_step(secret, "".join(typed.split()), now)
    return step is not None and factors.use_step(connection, user.id, step)


def _recovers(connection: Any, user: User, typed: str, now: float) -> bool:
    plain = _plain(typed)
    slot = int(plain[0]) if plain[:1].isdecimal() else -1
    known = factors.codes(connection, user.id).get(slot)
    if known is None:
        return False
    try:
        _hasher.verify(known, plain)
    except (VerificationError, InvalidHashError):
        return False
    return factors.use_code(connection, user.id, slot, now)


def _plain(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
