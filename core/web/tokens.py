"""Who may call which route: every route declares one scope, and what declares none is closed (X5).

A view declares its scope in `documented(…, scope=…)`: one of the token scopes, `open`, or `operations` (open from
`limits.operations_networks`, else `read`). The live tokens are copied from PostgreSQL at most 1.5 s late, so a revoked
one stops within two seconds on every worker. While PostgreSQL is away the last copy serves for KEEP_SECONDS. The
tokens of our own processes (`core.process_tokens`) need no store. Tokens are found by their SHA-256, so no comparison
tells an attacker how much of a guess was right.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Flask, Response, request

from core import clock, log
from core.db.engine import Database
from core.errors import DatabaseUnavailable, StorageUnavailable
from core.events.service_binding import ANY_SERVICE, ServiceBinding
from core.identity import tokens
from core.identity.tokens import Grant
from core.process_tokens import SCOPES
from core.settings import Settings
from core.web.admission import CLIENT
from core.web.client import Network, within
from core.web.problems import problem
from core.web.request_batch import RequestRecord

COPY_SECONDS = 1.0
LATEST_SECONDS = 1.5
KEEP_SECONDS = 900.0
TOUCH_SECONDS = 60.0
USER = "gatehouse.user"
BINDING = "gatehouse.binding"  # the services that the request's token may report for
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="gatehouse"'}
Refused = Callable[[str, str], None]


def own_grants(settings: Settings) -> dict[bytes, Grant]:
    """What our own processes may do here, by the digest of their tokens; the shared one no more than they together."""
    known = {
        token: Grant(f"internal:{name}", f"our own {name}", SCOPES[name])
        for name, token in settings.internal_callers.items()
    }
    if settings.internal_token:
        shared = frozenset().union(*(grant.scopes for grant in known.values())) if known else frozenset(tokens.SCOPES)
        known[tokens.digest(settings.internal_token)] = Grant("internal", "our own processes", shared)
    return known


def binding(environ: dict[str, Any]) -> ServiceBinding:
    """The services that a request may report for: any, without a token that is bound."""
    found = environ.get(BINDING)
    return found if isinstance(found, ServiceBinding) else ANY_SERVICE


class Gate:
    """Hooks of one application. Without a database only the tokens of our own processes open anything.

    `refused(address, user)` hears of a token that opens nothing (user empty), or not what was asked for.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database | None,
        operations: tuple[Network, ...],
        refused: Refused = lambda _, __: None,
    ) -> None:
        self._own = own_grants(settings)
        self._known: dict[bytes, Grant] = {}
        self._database = database
        self._operations = operations
        self._refused = refused
        self._scopes: dict[str, str] = {}
        self._copied = self._tried = self._touched = float("-inf")
        self._used: set[str] = set()
        self._lock = Lock()

    def install(self, app: Flask) -> None:
        """Check every request of the application."""
        self._app = app
        app.before_request(self.check)

    def check(self) -> Response | None:
        """None when the request may go on; else 401, 403, or 503 when nobody can tell."""
        environ = request.environ
        scope = self.scope_of(request.endpoint)
        if scope == "open" or (scope == "operations" and within(environ.get(CLIENT, ""), self._operations)):
            return None
        try:
            grant = self.grant(environ)
        except StorageUnavailable:
            return problem(503, "Tokens cannot be verified at the moment. Try again.", headers={"Retry-After": "2"})
        if grant is None:
            if "HTTP_AUTHORIZATION" in environ:
                self._refused(environ.get(CLIENT, ""), "")
            return problem(401, "Missing or invalid token. Send Authorization: Bearer gate_…", headers=CHALLENGE)
        wanted = "read" if scope == "operations" else scope
        if request.endpoint is not None and not (wanted and grant.opens(wanted)):
            self._refused(environ.get(CLIENT, ""), environ[USER])
            return problem(403, f"This token lacks the scope {wanted or 'none'}.")
        return None

    def opens(self, environ: dict[str, Any], scope: str) -> bool:
        """Whether the request's token opens the scope, as far as that is known; for ways around Flask."""
        try:
            grant = self.grant(environ)
        except StorageUnavailable:
            return False
        return grant is not None and grant.opens(scope)

    def grant(self, environ: dict[str, Any]) -> Grant | None:
        """What the request's token opens; notes its use. Raises StorageUnavailable when the token cannot be looked
        up.
        """
        header = environ.get("HTTP_AUTHORIZATION", "")
        if header[:7].lower() != "bearer ":
            return None
        now = time.monotonic()
        key = tokens.digest(header[7:].strip())
        found = self._own.get(key)
        if found is not None:
            environ[USER] = found.id
            return found
        if now - self._copied > LATEST_SECONDS:
            self._copy(now)
        found = self._known.get(key)
        if found is None and now - self._copied > COPY_SECONDS / 4:
            self._copy(now)
            found = self._known.get(key)
        if found is None:
            if self._database is not None and now - self._copied > LATEST_SECONDS + COPY_SECONDS:
                raise StorageUnavailable("tokens")
            return None
        if found.expires is not None and found.expires <= clock.now():
            return None
        environ[USER], environ[BINDING] = f"token:{found.id}", found.binding
        self._used.add(found.id)
        return found

    def scope_of(self, endpoint: str | None) -> str:
        """The scope that a route declares; empty when it declares none, and then nothing opens it."""
        if endpoint is None:
            return ""
        known = self._scopes.get(endpoint)
        if known is None:
            operation = getattr(self._app.view_functions.get(endpoint), "operation", None)
            known = self._scopes[endpoint] = operation.scope if operation else ""
        return known

    def refresh(self, _: list[RequestRecord]) -> None:
        """Copy the live tokens and note which were used; a recorder's listener."""
        now = time.monotonic()
        if self._database is None:
            return
        if now - self._copied > COPY_SECONDS / 2:
            self._copy(now)
        if now - self._touched > TOUCH_SECONDS and self._used:
            self._touched = now
            used, self._used = self._used, set()
            try:
                tokens.touch(self._database, sorted(used))
            except DatabaseUnavailable:
                return

    def _copy(self, now: float) -> None:
        """One thread copies, others go on with what there is; a failed try is not repeated within a second."""
        if self._database is None or now - self._tried < COPY_SECONDS / 4 or not self._lock.acquire(blocking=False):
            return
        try:
            self._tried = now
            self._known = tokens.active(self._database)
            self._copied = now
        except DatabaseUnavailable as error:
            self._tried = now + COPY_SECONDS
            if now - self._copied > KEEP_SECONDS and self._known:
                log.get(__name__).error(
                    "tokens are refused: PostgreSQL has been unreachable for too long", detail=str(error)
                )
                self._known = {}
        finally:
            self._lock.release()
