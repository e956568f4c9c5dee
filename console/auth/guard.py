"""One default-deny guard before every request of the console, Dash's own paths included.

Open: health, the login pages and what they need to look right. Everything else wants a session of a high enough role by
console/auth/permissions.py; a page is led to the login with `next`, anything else gets a problem document. Changes must
come from our own origin and carry the session's token; dangerous ones want a second factor that was shown lately.
"""

from hmac import compare_digest
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, make_response, redirect, render_template, request

from console import dialogs
from console.auth import again, factor, navigation, origins, passkeys, permissions
from console.auth.context import COOKIE, FOUND, AuthContext
from console.auth.factor import SENTENCES, Shown
from console.auth.roles import reaches
from console.auth.sessions import Session, SessionOver
from core import clock
from core.identity import second_factors, users
from core.identity.second_factors import FactorCheck
from core.web import routes
from core.web.current import current_g, current_request
from core.web.health import ENDPOINTS
from core.web.problems import problem

LOGIN_ASSETS = frozenset(
    {
        "assets/base.css",
        "assets/gatehouse.css",
        "assets/icons.css",
        "assets/login.css",
        "assets/print.css",
        "assets/login.js",
        "assets/vendor/bootstrap.css",
        "assets/js/base/dom.js",
        "assets/js/base/passkey.js",
        "assets/fonts/inter.woff2",
        "assets/fonts/jetbrains-mono.woff2",
    }
)
SAFE = ("GET", "HEAD", "OPTIONS")
STEP_UP = "urn:gatehouse:step-up"  # and the one that asks for a second factor
SIGNED_OUT = "urn:gatehouse:signed-out"  # the type of the problem that open tabs know
CHALLENGE = {"WWW-Authenticate": 'Session realm="Gatehouse"'}
AHEAD_SECONDS = 60.0  # how far the clock of another of our hosts may be ahead
FACTOR_FIELDS = ("csrf", "code", "recovery", "passkey")  # of the confirmation form, not of the action's


def install(server: Flask, auth: AuthContext) -> None:
    """Register the guard; call it before any other before_request of the server but the admission."""
    prefix = auth.prefix
    open_paths = frozenset(f"{prefix}{path}" for path in LOGIN_ASSETS)

    @server.before_request
    def guard() -> Response | None:
        asked, kept = current_request(), current_g()
        if asked.method not in SAFE and not origins.is_own(
            asked.headers.get("Origin"), asked.headers.get("Sec-Fetch-Site")
        ):
            return origins.refused(prefix)
        endpoint = asked.endpoint
        if endpoint in ENDPOINTS or endpoint in permissions.PUBLIC or asked.path in open_paths:
            return None
        name = permissions.name_of(endpoint, prefix) if endpoint is not None else "<path:path>"
        environ = asked.environ
        session: Session | None = environ[FOUND] if FOUND in environ else auth.sessions.find(asked.cookies.get(COOKIE))
        kept.session = session
        if session is None:
            return _to_login(prefix, name)
        environ["gatehouse.user"] = session.user
        if name not in permissions.REQUIRED_ROLE or not reaches(session.role, permissions.REQUIRED_ROLE[name]):
            return _denied(auth, name, session)
        if asked.method in SAFE:
            return None
        return _check_change(auth, name, session)

    @server.errorhandler(SessionOver)
    def over(_: SessionOver) -> Response:
        return problem(401, "Your session has ended. Log in again.", headers=CHALLENGE)

    @server.after_request
    def keep_raised(response: Response) -> Response:
        raised = current_g().get("raised")
        return auth.set_session(response, raised) if raised else response


def _check_change(auth: AuthContext, name: str, session: Session) -> Response | None:
    """A change wants the session's token (Dash's callbacks are JSON, which no form can send) and step-up."""
    if name == "_dash-update-component":
        return None if request.is_json else problem(415, "Callbacks must be sent as JSON.")
    given = request.form.get("csrf", "") or request.headers.get("X-CSRF-Token", "")
    if not compare_digest(given.encode(), session.csrf.encode()):
        if navigation.is_navigation() and navigation.is_proven_own():
            return again.ask_again(auth.prefix, session.csrf)
        return problem(403, "The form's token is missing or expired. Reload the page.", field="csrf")
    return confirm(auth) if name in permissions.STEP_UP_REQUIRED else None


def confirm(auth: AuthContext) -> Response | None:
    """Step-up for a change that is dangerous only by what its form says; None when the factor was shown lately."""
    session = g.session
    if -AHEAD_SECONDS <= clock.now() - session.factor_at <= auth.config.step_up_minutes * 60:
        return None
    return step_up(auth, session)


def step_up(auth: AuthContext, session: Session) -> Response | None:
    """Ask for a second factor and carry the change along; None when one came with it and was right."""
    with auth.database.transaction() as connection:
        user = users.by_id(connection, session.user_id)
        known = second_factors.passkeys(connection, session.user_id)
    if user is None:
        raise SessionOver("the account no longer exists")
    if user.enrolled_at is None and not passkeys.can_ask(known):
        return _ask_provider(auth)
    shown, wrong, tokens = Shown.of_form("step-up", session.id), "", list[str]()
    if not shown.empty:
        verdict = factor.present(
            auth, user, session.epoch, shown, lambda c, _: tokens.append(auth.sessions.raised(c, session))
        )
        if verdict is FactorCheck.RIGHT:
            g.raised = tokens[0]
            g.session = auth.sessions.find(g.raised)
            if g.session is None:
                raise SessionOver("the session ended meanwhile")
            return None
        if verdict is FactorCheck.OVER:
            raise SessionOver("the account changed meanwhile")
        wrong = SENTENCES[verdict]
    options = ""
    if passkeys.can_ask(known):
        options = passkeys.request_options(known, auth.challenges.make("step-up", user.id, session.id))
    if request.accept_mimetypes.best == "application/json":  # the shell asks for the factor in its dialog
        detail = wrong or f"Your last two-factor confirmation was more than {auth.config.step_up_minutes} minutes ago."
        asks = dialogs.factor(detail, bool(wrong), options)
        return problem(
            403, detail, "Confirm your identity", type=STEP_UP, wrong=bool(wrong), passkey=options, dialog=asks
        )
    fields = [(key, value) for key, value in request.form.items(multi=True) if key not in FACTOR_FIELDS]
    page = render_template(
        "confirm.html", prefix=auth.prefix, csrf=session.csrf, action=navigation.address(), fields=fields,
        wrong=wrong, options=options, minutes=auth.config.step_up_minutes,
    )  # fmt: skip
    return make_response(page, 401 if wrong else 403)


def _ask_provider(auth: AuthContext) -> Response:
    """The second factor lives with the identity provider, which has to ask the person anew."""
    back = navigation.page_before(auth.prefix)
    anew = f"{auth.prefix}login/oidc?anew=1&next={quote(back, safe='')}" if auth.oidc.issuer else f"{auth.prefix}login"
    minutes = auth.config.step_up_minutes
    if request.accept_mimetypes.best == "application/json":
        detail = "Your identity provider handles two-factor authentication. Log in there again, then repeat the change."
        asks = dialogs.factor(detail, again=anew)
        return problem(403, detail, "Confirm your identity", type=STEP_UP, again=anew, dialog=asks)
    return make_response(render_template("confirm.html", prefix=auth.prefix, anew=anew, minutes=minutes, wrong=""), 403)


def _to_login(prefix: str, name: str) -> Response:
    """A person is led to the login and back to this address; a script is told."""
    if navigation.is_navigation():
        if request.method == "GET" and _came_from_elsewhere():
            return make_response(render_template("passing.html", prefix=prefix, to=navigation.address()))
        if request.method in SAFE or name == "logout":
            return _login_page(prefix)
        return again.signed_out(prefix)
    if request.method == "GET" and name in permissions.PAGES and "Accept" not in request.headers:
        return _login_page(prefix)  # a simple tool that follows links
    return problem(401, "You are logged out. Log in again.", "Logged out", CHALLENGE, type=SIGNED_OUT)


def _login_page(prefix: str) -> Response:
    wanted = navigation.own_path(navigation.address(), prefix)
    found: Any = redirect(
        f"{prefix}login" + (f"?next={quote(wanted, safe='')}" if request.method == "GET" else ""), 303
    )
    return make_response(found)


def _came_from_elsewhere() -> bool:
    """Whether a link on another site led here, so that the browser kept our strict cookies back.

    The page that answers it goes on to the same address by itself, from our own site then: the cookies come along, and
    it happens only once. Changes are never answered so.
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site" and COOKIE not in request.cookies


def _denied(auth: AuthContext, name: str, session: Session) -> Response:
    route = routes.name(request.url_rule, request.path)
    auth.emit_security_event(
        "medium", "access", "failure", f"{session.user} ({session.role}) was denied {route}", session.user
    )
    return problem(403, "You do not have permission to do this.")
