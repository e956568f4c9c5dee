"""`login/session`: whether this browser is logged in, as whom, and the token of its forms.

Open tabs ask for it before they send a form and when they are looked at again; the log-in page asks for it to send on
whoever has a session. It never answers 401, so that nobody's log of the browser fills with errors.
"""

from flask import Flask, Response, request

from console.auth.context import COOKIE, AuthContext
from core import codec
from core.web.problems import problem


def install(server: Flask, auth: AuthContext) -> None:
    """Add the route."""

    @server.get(f"{auth.prefix}login/session", endpoint="session_state")
    def state() -> Response:
        if request.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none"):
            return problem(403, "This endpoint is for console pages only.")
        session = auth.sessions.find(request.cookies.get(COOKIE))
        body = {"user": session.user, "csrf": session.csrf} if session else {"user": None}
        return Response(codec.encode(body), headers={"Cache-Control": "no-store"}, content_type="application/json")
