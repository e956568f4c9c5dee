"""Challenges of passkey ceremonies: each for one purpose, one person and one session or half log-in, once, for minutes.

The browser signs the challenge, so the answer names it: many can be open at once (two tabs), and an answer for one
purpose is worth nothing for another.
"""

import hashlib
import secrets
from typing import Any, Literal

from webauthn.helpers import base64url_to_bytes

from core import codec
from core.db import keys
from core.db.redis_client import Live

Purpose = Literal["login", "step-up", "register"]


class Challenges:
    """Makes and takes challenges. Raises RedisUnavailable."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def make(self, purpose: Purpose, user_id: int, within: str) -> str:
        """A challenge (hex); `within` names the session or the half log-in that may answer it."""
        fresh = secrets.token_hex(32)
        self._live.set_json(_key(fresh), _bound(purpose, user_id, within), keys.CHALLENGE_TTL)
        return fresh

    def take(self, answer: str, purpose: Purpose, user_id: int, within: str) -> str:
        """The challenge (hex) that a browser's answer was made for, which is used up; empty when it was not ours."""
        given = _challenge_of(answer)
        if not given:
            return ""
        with self._live.reach() as redis:
            found = redis.getdel(_key(given))
        return given if found and codec.decode(found) == _bound(purpose, user_id, within) else ""


def _bound(purpose: Purpose, user_id: int, within: str) -> dict[str, Any]:
    return {"purpose": purpose, "user": user_id, "within": hashlib.sha256(within.encode()).hexdigest()}


def _challenge_of(answer: str) -> str:
    """What an answer says that it answers; unverified, and empty when it cannot be read."""
    try:
        client = codec.decode(base64url_to_bytes(codec.decode(answer)["response"]["clientDataJSON"]))
        found = base64url_to_bytes(client["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return found.hex() if len(found) == 32 else ""


def _key(challenge: str) -> str:
    return keys.challenge(hashlib.sha256(bytes.fromhex(challenge)).hexdigest())
