"""Known devices: a long random cookie per browser; the database keeps its digest for each user who came in with it."""

import secrets
from hashlib import sha256
from typing import Any

from core.identity import second_factors


def digest(cookie: str | None) -> str:
    """The digest of a device cookie; empty without one."""
    return sha256(cookie.encode()).hexdigest() if cookie and 20 <= len(cookie) <= 128 else ""


def is_known(connection: Any, user_id: int, cookie: str | None) -> bool:
    """Whether this user came in from this browser before."""
    return second_factors.knows_device(connection, user_id, digest(cookie))


def know(connection: Any, user_id: int, cookie: str | None, now: float) -> str:
    """Make the browser known to the user; the cookie's value, which stays the same on a known device."""
    if not cookie or not second_factors.knows_device(connection, user_id, digest(cookie)):
        cookie = secrets.token_urlsafe(32)
    second_factors.know_device(connection, user_id, digest(cookie), now)
    return cookie
