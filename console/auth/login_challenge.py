"""A login between password and second factor: kept in Redis for ten minutes under the digest of its own cookie.

It is no session: the guard knows nothing of it, so that half a login opens nothing.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from core import codec
from core.db import keys
from core.db.redis_client import Live

COOKIE = "gatehouse_pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """Whose password was right, in which epoch of the account, and where they wanted to go.

    It comes to nothing once the account is in another epoch. `secret` is the sealed secret (hex) of an enrolment.
    """

    user_id: int
    epoch: int
    wanted: str
    secret: str = ""


class Pendings:
    """Makes, finds and ends half logins. Raises RedisUnavailable."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def start(self, pending: Pending) -> str:
        """The value of the cookie."""
        token = secrets.token_urlsafe(32)
        self._live.set_json(_key(token), asdict(pending), keys.PENDING_TTL)
        return token

    def find(self, token: str | None) -> Pending | None:
        """The half login of a cookie, or None."""
        found = self._live.get_json(_key(token)) if token and len(token) <= 128 else None
        try:
            return Pending(**found) if isinstance(found, dict) else None
        except TypeError:  # of another kind, or written by another version
            return None

    def change(self, token: str, pending: Pending, **changes: Any) -> Pending:
        """Keep more of it; its time goes on running."""
        changed = replace(pending, **changes)
        with self._live.reach() as redis:
            redis.set(_key(token), codec.encode(asdict(changed)), xx=True, keepttl=True)
        return changed

    def remember(self, asked: dict[str, str]) -> str:
        """Keep what was asked of an identity provider; the value of the cookie."""
        token = secrets.token_urlsafe(32)
        self._live.set_json(_key(token), asked, keys.PENDING_TTL)
        return token

    def take(self, token: str | None) -> dict[str, str] | None:
        """What was asked, once: it is gone afterwards."""
        if not token or len(token) > 128:
            return None
        with self._live.reach() as redis:
            found = redis.getdel(_key(token))
        asked = codec.decode(found) if found else None
        return asked if isinstance(asked, dict) else None

    def end(self, token: str) -> None:
        """It became a session, or came to nothing."""
        with self._live.reach() as redis:
            redis.delete(_key(token))


def _key(token: str) -> str:
    return keys.pending(hashlib.sha256(token.encode()).hexdigest())
