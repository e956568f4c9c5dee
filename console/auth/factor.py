"""The second factor: an authenticator's code, a recovery code, or a passkey; judged under the account's lock."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import request

from console.auth import passkeys, totp
from console.auth.audited import address
from console.auth.challenges import Purpose
from console.auth.context import AuthContext
from core import clock
from core.errors import DecryptionError
from core.identity import second_factors
from core.identity.second_factors import FactorCheck
from core.identity.users import User

CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # 31 signs, none looks like another: 10 of them are 49 bits
_hasher = PasswordHasher(2, 19456, 1)
SENTENCES = {
    FactorCheck.WRONG: "The code is incorrect, expired or already used. Wait for the next one.",
    FactorCheck.USED: "This code was already used. Wait for the next one.",
    FactorCheck.LOCKS: "Too many incorrect codes. Your account is locked. An administrator can unlock it.",
    FactorCheck.LOCKED: "This account is locked. An administrator can unlock it.",
    FactorCheck.CLOSED: "This account is disabled. Contact an administrator.",
    FactorCheck.OVER: "This account changed while you were logging in. Log in again.",
}


@dataclass
class Shown:
    """What somebody offers as a second factor, and what it turned out to be: code, recovery or passkey.

    A passkey answers a challenge of this `purpose` that was made `within` a session or a half log-in.
    """

    code: str = ""
    recovery: str = ""
    passkey: str = ""
    purpose: Purpose = "login"
    within: str = ""
    kind: str = field(default="", init=False)

    @staticmethod
    def of_form(purpose: Purpose, within: str) -> "Shown":
        """From the fields `code`, `recovery` and `passkey` of the request's form."""
        code, recovery, passkey = (request.form.get(name, "") for name in ("code", "recovery", "passkey"))
        return Shown(code[:64], recovery[:64], passkey[:20_000], purpose, within)

    @property
    def empty(self) -> bool:
        """Whether nothing was offered."""
        return not (self.code.strip() or self.recovery.strip() or self.passkey)


def present(
    auth: AuthContext, user: User, epoch: int, shown: Shown, then: second_factors.Then, emergency: bool = False
) -> FactorCheck:
    """Judge a second factor for what began in this epoch of the account.

    The third wrong one locks the account, ends its sessions and sends A4's event.
    """
    now = clock.now()

    def attempt(connection: Any, locked: User) -> bool:
        shown.kind = _kind(auth, connection, locked, shown, now)
        return bool(shown.kind) and (not emergency or shown.kind == "recovery")

    def on_lock(connection: Any, locked: User) -> None:
        auth.audit_change(connection, "user.lock", f"user:{locked.name}", {"locked": False}, {"locked": True}, "A4")

    verdict = second_factors.judge(
        auth.database, user.id, epoch, attempt, then, on_lock, auth.config.mfa_bounds, now, address(), emergency
    )
    if verdict is FactorCheck.LOCKS:
        auth.sessions.tidy(user.id)
        auth.emit_security_event(
            "critical", "mfa-lock", "failure", f"Account {user.name} locked after failed MFA attempts", user.name
        )
    elif verdict is FactorCheck.WRONG:
        auth.emit_security_event("medium", "mfa", "failure", f"Failed MFA attempt of {user.name}", user.name)
    elif verdict is FactorCheck.USED:
        auth.emit_security_event("low", "reused-factor", "failure", f"{user.name} reused a second factor", user.name)
    elif verdict is FactorCheck.LOCKED:
        auth.emit_security_event(
            "medium", "mfa", "failure", f"MFA attempt on the locked account {user.name}", user.name
        )
    return verdict


def spend(shown: Shown) -> None:
    """Take as long as judging a recovery code does, where there is nobody to judge it for."""
    _is_code(_plain(shown.recovery), None)


def new_codes() -> tuple[list[str], list[str]]:
    """Ten recovery codes as people keep them, and their hashes. The first sign says which of the ten it is."""
    codes = [f"{slot}-{_random(5)}-{_random(5)}" for slot in range(CODES)]
    return codes, [_hasher.hash(_plain(code)) for code in codes]


def _kind(auth: AuthContext, connection: Any, user: User, shown: Shown, now: float) -> str:
    if shown.passkey:
        asked = auth.challenges.take(shown.passkey, shown.purpose, user.id, shown.within)
        if passkeys.is_valid_assertion(connection, user, shown.passkey, asked, now):
            return "passkey"
        if passkeys.is_repeated(connection, user, shown.passkey, asked):
            raise second_factors.Used
        return ""
    if shown.recovery.strip():
        _refuse_used(connection, user, shown.recovery)
        return "recovery" if _recovers(connection, user, shown.recovery, now) else ""
    return "code" if _codes(auth, connection, user, shown.code, now) else ""


def _codes(auth: AuthContext, connection: Any, user: User, typed: str, now: float) -> bool:
    if user.totp_secret is None:
        return False
    try:
        secret = auth.secret_box.open(user.totp_secret, f"totp:{user.id}")
    except DecryptionError:
        return False
    step = totp.matching_step(secret, "".join(typed.split()), now)
    if step is not None and not second_factors.use_step(connection, user.id, step):
        raise second_factors.Used
    return step is not None


def _recovers(connection: Any, user: User, typed: str, now: float) -> bool:
    plain = _plain(typed)
    slot = _slot(plain)
    return _is_code(plain, second_factors.codes(connection, user.id).get(slot)) and second_factors.use_code(
        connection, user.id, slot, now
    )


def _is_code(plain: str, known: str | None) -> bool:
    """Whether a recovery code belongs to a hash; without one as slow, and False."""
    try:
        return _hasher.verify(known or _nobodys(), plain) and known is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash(_random(10))


def _refuse_used(connection: Any, user: User, typed: str) -> None:
    """Raise Used for a recovery code of the user's that has opened the account before."""
    plain = _plain(typed)
    known = second_factors.used_code(connection, user.id, _slot(plain))
    try:
        if known is not None and _hasher.verify(known, plain):
            raise second_factors.Used
    except (VerificationError, InvalidHashError):
        return


def _plain(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())


def _slot(plain: str) -> int:
    """Which of the ten recovery codes this says that it is; -1 when it does not say."""
    return int(plain[0]) if plain[:1].isdecimal() else -1


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
