"""One default-deny guard before every request of the console, Dash's own paths included.

Open: health, the login page and what it needs to look right. Everything else wants a session; a page request is sent
to the login with `next`, anything else gets a 401 problem document. State-changing requests must come from our origin.
"""

from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, redirect, request

from console.auth.sessions import Sessions
from core.web.health import ENDPOINTS
from core.web.problems import problem

COOKIE = "gatehouse_session"
_LOGIN_ASSETS = frozenset(
    {
        "assets/gatehouse.css",
        "assets/icons.css",
        "assets/login.css",
        "assets/fonts/inter.woff2",
        "assets/fonts/jetbrains-mono.woff2",
    }
)


def install(server: Flask, prefix: str, sessions: Sessions) -> None:
    """Register the guard; call it before any other before_request of the server but the admission."""
    open_paths = frozenset({f"{prefix}login", *(f"{prefix}{path}" for path in _LOGIN_ASSETS)})

    @server.before_request
    def guard() -> Response | None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _is_own(
            request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        ):
            return problem(403, "This request came from another site.")
        if request.endpoint in ENDPOINTS or request.path in open_paths:
            return None
        g.session = sessions.find(request.cookies.get(COOKIE))
        if g.session is not None:
            request.environ["gatehouse.user"] = g.session.user
            return None
        if request.method == "GET" and request.path in (prefix, prefix.rstrip("/"), "/"):
            wanted = request.full_path.rstrip("?") if request.path == prefix else prefix
            return redirect(f"{prefix}login?next={quote(wanted, safe='')}", 303)  # type: ignore[return-value]
        return problem(401, "Log in to see this.", headers={"WWW-Authenticate": 'Session realm="Gatehouse"'})


def _is_own(origin: str | None, site: str | None) -> bool:
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.host
