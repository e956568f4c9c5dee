"""Whoever is logged in is not closed out by their address, nor do they use up what it may ask (X8).

Others behind the same address, a flood or a page that loads ours a hundred times, are not they.
"""

from typing import Any

from flask import request

from console.auth.context import COOKIE, FOUND, AuthContext
from core.errors import Unreachable
from core.web.app import App


def install(server: App, auth: AuthContext) -> None:
    """Tell the admission who is spared and which files cost nothing."""

    def is_known(environ: dict[str, Any]) -> bool:
        token = request.cookies.get(COOKIE)
        try:
            session = environ[FOUND] = auth.sessions.find(token)
            return session is not None
        except Unreachable:  # then nobody can tell, and the guard says so
            return False

    if server.admission is not None:
        server.admission.spares = is_known
        server.admission.files = (f"{auth.prefix}assets/", f"{auth.prefix}_dash-component-suites/")
