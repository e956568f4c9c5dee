"""Forms of people without a session: each carries a token bound to a cookie of its own, and keeps what was typed."""

import secrets
from hmac import compare_digest
from typing import Any

from flask import Response, make_response, render_template, request

from console.auth.context import AuthContext
from console.auth.sessions import form_token

FORM_COOKIE = "gatehouse_form"
EXPIRED = "This form has expired. Try again."


def show(auth: AuthContext, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the door with a fresh form token."""
    nonce = request.cookies.get(FORM_COOKIE, "")
    if not 20 <= len(nonce) <= 64:
        nonce = secrets.token_urlsafe(18)
    token = form_token(auth.settings.secret_key, nonce)
    answer = make_response(render_template(template, prefix=auth.prefix, csrf=token, **values), status)
    answer.set_cookie(
        FORM_COOKIE,
        nonce,
        httponly=True,
        secure=request.is_secure,
        samesite="Strict",
        path=f"{auth.prefix}login",
    )
    return answer


def has_valid_csrf(auth: AuthContext) -> bool:
    """Whether the request's form carries the token that was put into it."""
    nonce = request.cookies.get(FORM_COOKIE, "")
    return bool(nonce) and compare_digest(
        request.form.get("csrf", "").encode(), form_token(auth.settings.secret_key, nonce).encode()
    )
