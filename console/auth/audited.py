"""The audit log as the console writes it: what the person of a session does carries the address that it came from."""

from typing import Any

from flask import g, has_request_context

from core.audit.chain import Audit
from core.web.admission import CLIENT
from core.web.current import current_request


class Audited(Audit):
    """Fills in this request's address and correlation id where the actor is who is logged in; what is said stands."""

    def append(
        self,
        where: Any,
        actor: str,
        action: str,
        target: str,
        before: Any = None,
        after: Any = None,
        ip: str | None = None,
        correlation_id: str | None = None,
    ) -> int:
        """As `Audit.append`."""
        if has_request_context() and actor == getattr(g.get("session"), "user", None):
            ip = ip or address()
            correlation_id = correlation_id or g.get("correlation_id")
            g.audited = True  # console/actions.py looks whether a change left its row
        return super().append(where, actor, action, target, before, after, ip, correlation_id)


def address() -> str:
    """The address that the request comes from, as the admission saw it."""
    environ = current_request().environ
    return str(environ.get(CLIENT) or environ.get("REMOTE_ADDR") or "")
