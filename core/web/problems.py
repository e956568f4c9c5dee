"""Problem documents (RFC 9457): the one shape of every error answer. No stack trace ever leaves a process."""

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response, current_app, g, request
from msgspec import Struct
from werkzeug.exceptions import HTTPException

from core import codec, log
from core.errors import BadInput, Refused, Unreachable
from core.events.endpoint_series import UNMATCHED
from core.input_names import Unknown, Unprocessable
from core.web import routes
from core.web.raw_problem import CONTENT_TYPE

RETRY_SECONDS = 2
_log = log.get(__name__)


class Problem(Struct, omit_defaults=True):
    """An error: `status` repeats the HTTP status, `field` names what was wrong (`$.amount`, `?range`).

    `unknown` are names of the request that nothing knows.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    field: str = ""
    unknown: list[Unknown] = []


def problem(status: int, detail: str, title: str = "", headers: dict[str, str] | None = None, **more: Any) -> Response:
    """An answer with a problem document; `more` adds members such as `field`."""
    document = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": g.get("request_id", ""),
        **more,
    }
    return Response(codec.encode(document), status, headers, content_type=CONTENT_TYPE)


def install(app: Flask) -> None:
    """Answer every error of this application with a problem document."""
    app.register_error_handler(BadInput, _bad_input)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unreachable, _unreachable)
    app.register_error_handler(UnicodeEncodeError, _unwritable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _bad_input(error: BadInput) -> Response:
    if isinstance(error, Unprocessable):
        named = [msgspec.to_builtins(one) for one in error.unknown]
        return problem(422, error.reason, "Unprocessable input", field=error.field, unknown=named)
    return problem(400, error.reason, "Invalid input", field=error.field)


def _refused(error: Refused) -> Response:
    _log.warning("storage refused the data", detail=str(error))
    return problem(400, "A value is out of range or not valid text.", "Invalid input", field="$")


def _unwritable(error: UnicodeEncodeError) -> Response:
    _log.warning("text that cannot be written", path=request.path, exc_info=error)
    return problem(400, "A value contains characters that cannot be stored.", "Invalid input", field="$")


def _unreachable(error: Unreachable) -> Response:
    _log.warning("dependency away", dependency=error.dependency, detail=error.detail)
    return problem(
        503,
        f"{error.dependency} is unavailable; try again",
        "Dependency unavailable",
        {"Retry-After": str(RETRY_SECONDS)},
        dependency=error.dependency,
    )


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "WWW-Authenticate")}
    if status >= 500:
        _log.error("server error", status=status, detail=error.description)
    return problem(status, str(error.description or ""), error.name, kept)


def _unexpected(error: Exception) -> Response:
    route = routes.name(request.url_rule, request.path)
    _log.error("unexpected error", route=route, method=request.method, exc_info=error)
    if (exceptions := getattr(current_app, "exceptions", None)) is not None:
        endpoint = route if request.url_rule is not None else UNMATCHED
        exceptions.note(error, endpoint, request.method, request.environ.get("gatehouse.user"), _given())
    return problem(500, "Internal error. Quote the request id when you report it.")


def _given() -> list[str]:
    """What the client has written into the request: values of the path, the query, cookies, a form that was read, and
    of headers that name somebody or lead somewhere.
    """
    form = list(request.form.values()) if request.mimetype.startswith(("multipart/", "application/x-www-form")) else []
    headers = [value for name in ("Authorization", "Referer") if (value := request.headers.get(name))]
    path = [one for value in (request.view_args or {}).values() for one in (str(value), *str(value).split("/"))]
    return [*path, *request.args.values(), *request.cookies.values(), *form, *headers]
