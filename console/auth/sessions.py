"""Server-side sessions in Redis: a random cookie, stored under its digest, with an idle and an absolute end."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from core import clock
from core.store import keys
from core.store.live import Live

IDLE_SECONDS = 12 * 3600
ABSOLUTE_SECONDS = 7 * 24 * 3600
TOUCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in, since when (epoch seconds), and the token that guards the session's forms."""

    user: str
    since: float
    seen: float
    csrf: str


class Sessions:
    """Makes, finds and ends sessions. Raises RedisAway when Redis does not answer: nobody is let in unseen."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def start(self, user: str, old: str | None = None) -> tuple[str, Session]:
        """A new session for `user`; returns the cookie's value. The `old` cookie's session ends (rotation)."""
        if old:
            self.end(old)
        token = secrets.token_urlsafe(32)
        now = clock.now()
        session = Session(user, now, now, secrets.token_urlsafe(24))
        self._save(token, session)
        return token, session

    def find(self, token: str | None) -> Session | None:
        """The live session of a cookie, or None."""
        if not token or len(token) > 128:
            return None
        found = self._live.get_json(_key(token))
        if not isinstance(found, dict):
            return None
        session = Session(**found)
        now = clock.now()
        if now - session.seen > IDLE_SECONDS or now - session.since > ABSOLUTE_SECONDS:
            self.end(token)
            return None
        if now - session.seen > TOUCH_SECONDS:
            self._save(token, Session(session.user, session.since, now, session.csrf))
        return session

    def end(self, token: str) -> None:
        """Forget a session."""
        with self._live.reach() as redis:
            redis.delete(_key(token))

    def _save(self, token: str, session: Session) -> None:
        value = {"user": session.user, "since": session.since, "seen": session.seen, "csrf": session.csrf}
        self._live.set_json(_key(token), value, IDLE_SECONDS)


def form_token(secret: str, nonce: str) -> str:
    """The CSRF token of a form shown before there is a session, bound to the nonce in its cookie."""
    return hmac.new(secret.encode(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()


def _key(token: str) -> str:
    return keys.session(hashlib.sha256(token.encode()).hexdigest())
