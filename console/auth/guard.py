"""One default-deny guard before every request of the console, Dash's own paths included.

Open: health, the login pages and what they need to look right. Everything else wants a session of a high enough role by
console/auth/access.py; a page is led to the login with `next`, anything else gets a problem document. Changes must come
from our own origin and carry the session's token; dangerous ones want a second factor that was shown lately.
"""

from hmac import compare_digest
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, make_response, redirect, render_template, request

from console.auth import access, factor, passkeys
from console.auth.door import COOKIE, Door
from console.auth.factor import SENTENCES, Shown
from console.auth.sessions import Session
from core import clock
from core.roles import reaches
from core.store import factors, users
from core.store.factors import Verdict
from core.web.health import ENDPOINTS
from core.web.problems import problem

LOGIN_ASSETS = frozenset(
    {
        "assets/gatehouse.css",
        "assets/icons.css",
        "assets/login.css",
        "assets/login.js",
        "assets/fonts/inter.woff2",
        "assets/fonts/jetbrains-mono.woff2",
    }
)
SAFE = ("GET", "HEAD", "OPTIONS")
FACTOR_FIELDS = ("csrf", "code", "recovery", "passkey")  # of the confirmation form, not of the action's


def install(server: Flask, door: Door) -> None:
    """Register the guard; call it before any other before_request of the server but the admission."""
    prefix = door.prefix
    open_paths = frozenset(f"{prefix}{path}" for path in LOGIN_ASSETS)

    @server.before_request
    def guard() -> Response | None:
        if request.method not in SAFE and not _is_own(
            request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        ):
            return problem(403, "This request came from another site.")
        endpoint = request.endpoint
        if endpoint in ENDPOINTS or endpoint in access.OPEN or request.path in open_paths:
            return None
        name = access.name_of(endpoint, prefix) if endpoint is not None else "<path:path>"
        session = g.session = door.sessions.find(request.cookies.get(COOKIE))
        if session is None:
            return _to_login(prefix, name)
        request.environ["gatehouse.user"] = session.user
        if name not in access.LEAST or not reaches(session.role, access.LEAST[name]):
            return _denied(door, name, session)
        if request.method in SAFE:
            return None
        return _check_change(door, name, session)

    @server.after_request
    def keep_raised(response: Response) -> Response:
        raised = g.get("raised")
        return door.set_session(response, raised) if raised else response


def _check_change(door: Door, name: str, session: Session) -> Response | None:
    """A change wants the session's token (Dash's callbacks are JSON, which no form can send) and step-up."""
    if name == "_dash-update-component":
        return None if request.is_json else problem(415, "Callbacks are JSON.")
    given = request.form.get("csrf", "") or request.headers.get("X-CSRF-Token", "")
    if not compare_digest(given.encode(), session.csrf.encode()):
        return problem(403, "The form's token is missing or old; load the page again.", field="csrf")
    return confirm(door) if name in access.FRESH else None


def confirm(door: Door) -> Response | None:
    """Step-up for a change that is dangerous only by what its form says; None when the factor was shown lately."""
    session = g.session
    if clock.now() - session.factor_at <= door.config.step_up_minutes * 60:
        return None
    return step_up(door, session)


def step_up(door: Door, session: Session) -> Response | None:
    """Ask for a second factor and carry the change along; None when one came with it and was right."""
    with door.database.transaction() as connection:
        user = users.by_id(connection, session.user_id)
        known = factors.passkeys(connection, session.user_id)
    if user is None:
        return problem(403, "There is no such user any more.")
    if user.enrolled_at is None:
        return problem(403, "Log in again to confirm this change: your second factor lives with the identity provider.")
    shown, wrong = Shown.of_form(session.challenge), ""
    if not shown.empty:
        verdict = factor.present(door, user, shown, lambda *_: None)
        if verdict is Verdict.RIGHT:
            g.raised = door.sessions.raised(session)
            g.session = door.sessions.find(g.raised)
            return None
        wrong = SENTENCES[verdict]
    fresh = passkeys.challenge()
    options = passkeys.request_options(known, fresh)
    if options:
        door.sessions.challenged(session, fresh)
    fields = [(key, value) for key, value in request.form.items(multi=True) if key not in FACTOR_FIELDS]
    page = render_template(
        "confirm.html", prefix=door.prefix, csrf=session.csrf, action=request.full_path.rstrip("?"), fields=fields,
        wrong=wrong, options=options, minutes=door.config.step_up_minutes,
    )  # fmt: skip
    return make_response(page, 401 if wrong else 403)


def _to_login(prefix: str, name: str) -> Response:
    if request.method == "GET" and name in access.PAGES:
        wanted = request.full_path.rstrip("?") if name not in ("root", "prefix") else prefix
        found: Any = redirect(f"{prefix}login?next={quote(wanted, safe='')}", 303)
        return make_response(found)
    return problem(401, "Log in to see this.", headers={"WWW-Authenticate": 'Session realm="Gatehouse"'})


def _denied(door: Door, name: str, session: Session) -> Response:
    door.tell("medium", "access", "failure", f"{session.user} ({session.role}) was denied {request.path}", session.user)
    return problem(403, "Your role does not reach this.")


def _is_own(origin: str | None, site: str | None) -> bool:
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.host
