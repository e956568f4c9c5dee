"""What the door is made of, assembled once: stores, settings and the words it has for security events."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Response, g, request

from console.auth import devices
from console.auth.audited import address
from console.auth.config import AccessConfig
from console.auth.oidc.config import OidcConfig
from console.auth.pending import Pendings
from console.auth.sessions import Sessions
from core.sealing import Sealer
from core.settings import Settings
from core.store import users
from core.store.attempts import Attempts
from core.store.audit import Audit
from core.store.db import Database
from core.store.replica import History
from core.store.users import User

COOKIE = "gatehouse_session"
DEVICE_COOKIE = "gatehouse_device"
DEVICE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie

Report = Callable[..., None]  # the keywords of core.security.emit


@dataclass
class Door:
    """Shared by the routes of the door and of the pages about people."""

    prefix: str
    settings: Settings
    config: AccessConfig
    oidc: OidcConfig
    database: Database
    sessions: Sessions
    pendings: Pendings
    attempts: Attempts
    sealer: Sealer
    audit: Audit
    history: History
    report: Report
    _seeded: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seed(self) -> None:
        """Take over the administrator whom the environment names, once a process. Raises DatabaseAway."""
        known = self.settings.admin_password_hash
        if self._seeded or not known:
            return
        with self._lock, self.database.transaction() as connection:
            changed = users.seed(connection, self.settings.admin_user, known)
            if changed is not None:
                after = {"role": changed.role, "break_glass": changed.break_glass}
                self.audit.append(connection, "installation", "user.seed", f"user:{changed.name}", None, after)
        if changed is not None:
            self.sessions.end_all(changed.id)
        self._seeded = True

    def tell(self, severity: str, action: str, outcome: str, text: str, user: str) -> None:
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

    def record(
        self, connection: Any, action: str, target: str, before: Any, after: Any, actor: str | None = None
    ) -> None:
        """Write a change into the audit log, in the caller's transaction."""
        session = g.get("session")
        self.audit.append(
            connection,
            actor=actor or (session.user if session else "anonymous"),
            action=action,
            target=target,
            before=before,
            after=after,
            ip=address(),
            correlation_id=g.get("correlation_id"),
        )

    def let_in(self, connection: Any, user: User, now: float) -> tuple[str, str]:
        """A session for someone who has shown everything, and the browser becomes known: both cookies' values.

        In the transaction that holds the user's row, so that nobody is disabled in between and keeps the session.
        """
        users.note_login(connection, user.id, now)
        device = devices.know(connection, user.id, request.cookies.get(DEVICE_COOKIE), now)
        token = self.sessions.start(
            user.name, user.id, user.role, address(), request.user_agent.string, request.cookies.get(COOKIE)
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


def clean(text: str) -> str:
    """Text without control characters, fit for an event."""
    return "".join(char for char in text if char.isprintable())


def short(text: str) -> str:
    """A digest that stands for a name in a key."""
    return sha256(text.strip().lower().encode()).hexdigest()[:32]
