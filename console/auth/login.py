"""The login page and log-out. Right credentials start a new session; wrong ones say so and keep what was typed."""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, render_template_string, request

from console.auth.guard import COOKIE
from console.auth.passwords import is_right
from console.auth.sessions import Sessions, form_token
from core.settings import Settings
from core.web.admission import CLIENT

FORM_COOKIE = "gatehouse_form"
_PAGE = (Path(__file__).parent / "login.html").read_text()

Report = Callable[[dict[str, Any]], None]


def install(server: Flask, prefix: str, settings: Settings, sessions: Sessions, report: Report) -> None:
    """Add `<prefix>login` and `<prefix>logout`. `report` takes a security event of section 1 of the architecture."""

    @server.get(f"{prefix}login", endpoint="login")
    def show() -> Response:
        return _form(prefix, settings, 200)

    @server.post(f"{prefix}login", endpoint="login_submit")
    def submit() -> Response:
        user, password = request.form.get("user", "")[:256], request.form.get("password", "")
        nonce = request.cookies.get(FORM_COOKIE, "")
        if not nonce or not compare_digest(request.form.get("csrf", ""), form_token(settings.secret_key, nonce)):
            return _form(prefix, settings, 400, "This form had expired. Please try again.", user)
        known = settings.admin_password_hash if compare_digest(user.encode(), settings.admin_user.encode()) else None
        if not is_right(password, known or None):
            report(_event("failure", "medium", f"Failed login of {user or 'an empty user name'}", user))
            return _form(prefix, settings, 401, "User name or password is wrong.", user)
        token, _ = sessions.start(user, request.cookies.get(COOKIE))
        report(_event("success", "low", f"Login of {user}", user))
        answer = make_response(redirect(_own_path(request.args.get("next"), prefix), 303))
        answer.set_cookie(COOKIE, token, httponly=True, secure=request.is_secure, samesite="Strict", path=prefix)
        answer.delete_cookie(FORM_COOKIE, path=f"{prefix}login")
        return answer

    @server.post(f"{prefix}logout", endpoint="logout")
    def logout() -> Response:
        answer = make_response(redirect(f"{prefix}login", 303))
        if g.session and compare_digest(request.form.get("csrf", ""), g.session.csrf):
            sessions.end(request.cookies[COOKIE])
            answer.delete_cookie(COOKIE, path=prefix)
            return answer
        return make_response(redirect(prefix, 303))


def _form(prefix: str, settings: Settings, status: int, wrong: str = "", user: str = "") -> Response:
    nonce = secrets.token_urlsafe(18)
    page = render_template_string(
        _PAGE,
        prefix=prefix,
        wrong=wrong,
        user=user,
        csrf=form_token(settings.secret_key, nonce),
        next=request.args.get("next", ""),
        ready=bool(settings.admin_password_hash),
    )
    answer = make_response(page, status)
    answer.set_cookie(
        FORM_COOKIE,
        nonce,
        httponly=True,
        secure=request.is_secure,
        samesite="Strict",
        path=f"{prefix}login",
        max_age=3600,
    )
    return answer


def _own_path(wanted: str | None, prefix: str) -> str:
    """`wanted` when it is a path of ours, else the page: a login link must not lead to another site."""
    if wanted and wanted.startswith(prefix) and "\\" not in wanted and not urlsplit(wanted).netloc:
        return wanted
    return prefix


def _event(outcome: str, severity: str, text: str, user: str) -> dict[str, Any]:
    return {
        "kind": "security",
        "severity": severity,
        "text": text,
        "category": "authentication",
        "action": "login",
        "outcome": outcome,
        "actor": user or None,
        "ip": request.environ.get(CLIENT) or request.remote_addr,
        "correlation_id": g.get("correlation_id"),
        "source": "console",
    }
