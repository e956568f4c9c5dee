"""Server-side sessions in Redis: a random cookie, stored under its digest, with an idle and an absolute end.

Each user has a set of their sessions' digests, so that they can be listed and ended from elsewhere.
"""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from core import clock, codec
from core.store import keys
from core.store.live import Live

TOUCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in, from where, since when (epoch seconds); `csrf` guards the session's forms.

    `factor_at` is when a second factor was last shown; `challenge` belongs to a passkey ceremony under way.
    """

    user: str
    user_id: int
    role: str
    since: float
    seen: float
    csrf: str
    ip: str
    agent: str
    factor_at: float
    challenge: str = ""
    digest: str = ""


class Sessions:
    """Makes, finds and ends sessions. Raises RedisAway when Redis does not answer: nobody is let in unseen."""

    def __init__(self, live: Live, idle_seconds: float, absolute_seconds: float) -> None:
        self._live = live
        self._idle = idle_seconds
        self._absolute = absolute_seconds

    def start(self, user: str, user_id: int, role: str, ip: str, agent: str, old: str | None = None) -> str:
        """A new session; returns the cookie's value. The `old` cookie's session ends (rotation)."""
        if old:
            self.end(old)
        now = clock.now()
        fresh = Session(user, user_id, role, now, now, secrets.token_urlsafe(24), ip, agent[:200], now)
        return self._put(fresh)

    def find(self, token: str | None) -> Session | None:
        """The live session of a cookie, or None."""
        if not token or len(token) > 128:
            return None
        session = self._read(_digest(token))
        if session is not None and clock.now() - session.seen > TOUCH_SECONDS:
            session = replace(session, seen=clock.now())
            self._save(session)
        return session

    def raised(self, session: Session) -> str:
        """A second factor was just shown: the same session under a new cookie, whose value is returned."""
        return self.rotated(replace(session, factor_at=clock.now()))

    def rotated(self, session: Session) -> str:
        """The same session under a new cookie, whose value is returned; the old cookie opens nothing."""
        self.end_digest(session.user_id, session.digest)
        return self._put(replace(session, challenge="", csrf=secrets.token_urlsafe(24)))

    def challenged(self, session: Session, challenge: str) -> None:
        """Keep the challenge of a passkey ceremony."""
        self._save(replace(session, challenge=challenge))

    def of(self, user_id: int) -> list[Session]:
        """The live sessions of a user, newest first."""
        with self._live.reach() as redis:
            digests = [member.decode() for member in redis.smembers(keys.sessions_of(user_id))]
        found = [self._read(digest) for digest in digests]
        gone = [digest for digest, session in zip(digests, found, strict=True) if session is None]
        if gone:
            with self._live.reach() as redis:
                redis.srem(keys.sessions_of(user_id), *gone)
        return sorted((session for session in found if session), key=lambda session: -session.seen)

    def end(self, token: str) -> None:
        """Forget the session of a cookie."""
        session = self._read(_digest(token))
        if session is not None:
            self.end_digest(session.user_id, session.digest)

    def end_digest(self, user_id: int, digest: str) -> bool:
        """Forget one session of a user; whether there was one."""
        with self._live.reach() as redis:
            if not redis.srem(keys.sessions_of(user_id), digest):
                return False
            redis.delete(keys.session(digest))
        return True

    def end_all(self, user_id: int, but: str = "") -> int:
        """Forget a user's sessions, but for the one with this digest; how many there were."""
        return sum(self.end_digest(user_id, session.digest) for session in self.of(user_id) if session.digest != but)

    def _read(self, digest: str) -> Session | None:
        found = self._live.get_json(keys.session(digest))
        session = _session(found, digest)
        if session is None:
            return None
        now = clock.now()
        if now - session.seen > self._idle or now - session.since > self._absolute:
            self.end_digest(session.user_id, digest)
            return None
        return session

    def _put(self, session: Session) -> str:
        token = secrets.token_urlsafe(32)
        digest = _digest(token)
        with self._live.reach() as redis:
            redis.sadd(keys.sessions_of(session.user_id), digest)
            redis.expire(keys.sessions_of(session.user_id), int(self._absolute) + 3600)
        self._save(replace(session, digest=digest), new=True)
        return token

    def _save(self, session: Session, new: bool = False) -> None:
        """Write a session; one that was ended meanwhile stays ended."""
        value = asdict(session)
        digest = value.pop("digest")
        with self._live.reach() as redis:
            redis.set(keys.session(digest), codec.encode(value), ex=int(self._idle), xx=not new)


def form_token(secret: str, nonce: str) -> str:
    """The CSRF token of a form shown before there is a session, bound to the nonce in its cookie."""
    return hmac.new(secret.encode(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()


def _session(found: Any, digest: str) -> Session | None:
    if not isinstance(found, dict):
        return None
    try:
        return Session(**found, digest=digest)
    except TypeError:  # written by another version: its owner logs in again
        return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
