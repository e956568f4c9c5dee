"""What was typed is never lost: pages that keep a form which could not be taken, and ask for it again.

Secrets are not put into a page; they are typed again. A form comes back with a fresh token only when the browser proves
that it was sent from a page of ours.
"""

from typing import Any

from flask import Response, make_response, render_template, request

from console.auth.navigation import address, is_proven_own, page_before

SECRETS = frozenset({"csrf", "password", "old", "new", "again", "code", "recovery", "passkey", "token", "secret"})
FACTORS = frozenset({"csrf", "code", "recovery", "passkey"})  # asked for anew when they are needed
LARGEST = 262_144  # bytes of a form that is kept in the page
_URLENCODED = "application/x-www-form-urlencoded"


def signed_out(prefix: str) -> Response:
    """The page after a form that was sent when the session was over; it can be sent again after a log-in."""
    return _page(prefix, 401, "", "signed_out.html")


def ask_again(prefix: str, csrf: str) -> Response:
    """The page after a form whose token is of before a log-in, a step-up or a long pause: one press sends it."""
    return _page(prefix, 403, csrf, "again.html")


def _page(prefix: str, status: int, csrf: str, template: str) -> Response:
    keeps = request.mimetype == _URLENCODED and (request.content_length or 0) <= LARGEST and is_proven_own()
    given = list(request.form.items(multi=True)) if keeps else []
    fields = [(name, value) for name, value in given if name not in SECRETS]
    values: dict[str, Any] = {
        "prefix": prefix, "csrf": csrf, "action": address(), "back": page_before(prefix), "fields": fields,
        "whole": keeps and not any(name in SECRETS - FACTORS for name, _ in given),
    }  # fmt: skip
    return make_response(render_template(template, **values), status)
