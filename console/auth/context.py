"""What the door is made of, assembled once: stores, settings and the words it has for security events."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Response, g, request

from console.auth import devices
from console.auth.audited import address
from console.auth.challenges import Challenges
from console.auth.config import AccessConfig
from console.auth.login_challenge import Pendings
from console.auth.login_throttle import Attempts
from console.auth.oidc.config import OidcConfig
from console.auth.sessions import SessionOver, Sessions
from core.audit.actors import ANONYMOUS, INSTALLATION
from core.audit.chain import Audit
from core.db.engine import Database
from core.db.redis_client import Live
from core.db.replica import HistoryReader
from core.http import HttpClient
from core.identity import usernames, users
from core.identity.encryption import SecretBox
from core.identity.users import User
from core.models.seal import ModelSeal
from core.settings import Settings

COOKIE = "gatehouse_session"
FOUND = "gatehouse.session"  # environ key: the session that the admission found for this request, or None
DEVICE_COOKIE = "gatehouse_device"
DEVICE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie

Report = Callable[..., None]  # the keywords of core.events.security.emit


@dataclass
class AuthContext:
    """Shared by the routes of the door and by pages. `api` is the monitoring API."""

    prefix: str
    settings: Settings
    config: AccessConfig
    oidc: OidcConfig
    database: Database
    sessions: Sessions
    pendings: Pendings
    challenges: Challenges
    attempts: Attempts
    secret_box: SecretBox
    audit: Audit
    history: HistoryReader
    model_seal: ModelSeal
    report: Report
    live: Live
    api: HttpClient
    _seeded: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seed(self) -> None:
        """Take over the administrator whom the environment names, once a process. Raises DatabaseUnavailable."""
        known = self.settings.admin_password_hash
        if self._seeded or not known:
            return
        with self._lock, self.database.transaction() as connection:
            changed = users.seed(connection, self.settings.admin_user, known)
            if changed is not None:
                after = {"role": changed.role, "break_glass": changed.break_glass}
                self.audit.append(connection, INSTALLATION, "user.seed", f"user:{changed.name}", None, after)
        if changed is not None:
            self.sessions.tidy(changed.id)
        self._seeded = True

    def emit_security_event(self, severity: str, action: str, outcome: str, text: str, user: str) -> None:
        """Send a security event about `user`, from the address of this request."""
        self.report(
            severity=severity,
            text=text,
            action=action,
            outcome=outcome,
            actor=user,
            ip=address(),
            correlation_id=g.get("correlation_id"),
            source="console",
        )

    def audit_change(
        self, connection: Any, action: str, target: str, before: Any, after: Any, actor: str | None = None
    ) -> None:
        """Write a change into the audit log, in the caller's transaction."""
        session = g.get("session")
        self.audit.append(
            connection,
            actor=actor or (session.user if session else ANONYMOUS),
            action=action,
            target=target,
            before=before,
            after=after,
            ip=address(),
            correlation_id=g.get("correlation_id"),
        )

    def me(self, connection: Any) -> User:
        """The person of the session, whose account nobody else changes until the transaction ends.

        Every change of one's own account, and every change of another's, begins with it. Raises SessionOver when the
        session, or the account's epoch, ended since the request began.
        """
        user = users.by_id(connection, g.session.user_id, lock=True)
        if user is None:
            raise SessionOver("the account no longer exists")
        g.held = self.sessions.hold(connection, g.session)
        return user

    def carry(self, connection: Any) -> str:
        """After `me` and a change of one's own account: the session goes on; the cookie for `keep_in`."""
        return self.sessions.carried(connection, g.held)

    def keep_in(self, token: str) -> None:
        """After a change of one's own account: the session goes on under this cookie, every older one is over."""
        g.raised = token
        self.sessions.tidy(g.session.user_id)
        g.session = self.sessions.find(token) or g.session

    def establish_session(
        self, connection: Any, user: User, now: float, factor_at: float | None = None
    ) -> tuple[str, str]:
        """A session for someone who has shown everything, and the browser becomes known: both cookies' values.

        In the transaction that holds the user's row, after every other change of it, so that nobody is disabled in
        between and keeps the session. `factor_at` says when the second factor was shown, if not now.
        """
        users.note_login(connection, user.id, now)
        device = devices.know(connection, user.id, request.cookies.get(DEVICE_COOKIE), now)
        shown, old = now if factor_at is None else factor_at, request.cookies.get(COOKIE)
        token = self.sessions.start(
            connection, user.name, user.id, user.role, address(), request.user_agent.string, shown, old
        )
        return token, device

    def set_session(self, answer: Response, token: str, device: str | None = None) -> Response:
        """Put the cookies on an answer."""
        secure = request.is_secure
        answer.set_cookie(COOKIE, token, httponly=True, secure=secure, samesite="Strict", path=self.prefix)
        if device is not None:
            answer.set_cookie(
                DEVICE_COOKIE, device, httponly=True, secure=secure, samesite="Strict", path=self.prefix,
                max_age=DEVICE_SECONDS,
            )  # fmt: skip
        return answer


def strip_control(text: str) -> str:
    """Text without control characters, fit for an event."""
    return "".join(char for char in text if char.isprintable())


def digest_name(name: str) -> str:
    """A digest that stands for a name, however it is spelt, in a key."""
    return sha256(usernames.canonical(name).encode()).hexdigest()[:32]
