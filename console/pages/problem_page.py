"""What a person sees in place of a problem document, whatever they opened or sent: what happened, why, and a way on.

A page that waits for a dependency looks again by itself; that of Redis has no bar, as nobody is known without sessions.
A form that met a dependency away is not sent again by itself. Scripts and other programs keep getting the document.
"""

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request

from console.auth.context import AuthContext
from console.auth.navigation import is_navigation, page_before
from console.navigation import offered
from core import clock, codec
from core.web.raw_problem import CONTENT_TYPE

AGAIN_SECONDS = 5
NAMES = {"postgres": "PostgreSQL", "redis": "Redis", "http": "The monitoring API"}
TOLD = {
    405: "This address only accepts form submissions.",
    413: "The request is too large.",
}


def install(server: Flask, auth: AuthContext) -> None:
    """Replace problem documents for people; call it after what puts policies on every answer."""

    @server.after_request
    def readable(response: Response) -> Response:
        mimetype = response.mimetype or ""
        # A script's form that was sent without the script.
        sent = mimetype == "application/json" and request.method == "POST" and response.status_code < 300
        if not (sent or mimetype.startswith(CONTENT_TYPE)) or not is_navigation():
            return response
        if sent:
            return make_response(redirect(page_before(auth.prefix), 303))
        page = make_response(_page(auth, codec.decode(response.get_data()), response.status_code))
        for name in ("Retry-After", "Allow", "WWW-Authenticate"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page


def _page(auth: AuthContext, problem: dict[str, object], status: int) -> Response:
    away = str(problem.get("dependency", ""))
    opened = request.method == "GET"
    values = {
        "detail": TOLD.get(status, problem["detail"]), "name": problem["title"], "away": NAMES.get(away, away),
        "again": AGAIN_SECONDS if away and opened else 0, "request_id": problem["request_id"],
        "hints": problem.get("hints", ()), "place": problem.get("place", ""),
        "back": "" if opened else page_before(auth.prefix),
    }  # fmt: skip
    if g.get("session") is not None:
        values |= {
            "session": g.session, "csrf": g.session.csrf, "now_ms": int(clock.now() * 1000),
            "nav": offered(current_app.extensions["bar"], auth.prefix, g.session.role),
        }  # fmt: skip
        return make_response(render_template("problem.html", prefix=auth.prefix, **values), status)
    template = "away.html" if away and opened else "refused.html"
    return make_response(render_template(template, prefix=auth.prefix, **values), status)
