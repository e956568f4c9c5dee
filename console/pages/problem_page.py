"""What a person sees in place of a problem document when they opened a page that cannot be shown: why, and a way on.

A page that waits for a dependency looks again by itself; that of Redis has no bar, as nobody is known without sessions.
Scripts and other programs keep getting the document.
"""

from flask import Flask, Response, g, make_response, render_template, request

from console.auth.access import OPEN, PAGES, name_of
from console.auth.door import Door
from console.pages.plain import show
from core import codec
from core.web.problems import CONTENT_TYPE

AGAIN_SECONDS = 5
UNKNOWN = "<path:path>"  # an address that leads nowhere: mistyped, or of a page that is gone
NAMES = {"postgres": "PostgreSQL", "redis": "Redis", "http": "The monitoring API"}


def install(server: Flask, door: Door) -> None:
    """Replace problem documents for people; call it after what puts policies on every answer."""

    @server.after_request
    def readable(response: Response) -> Response:
        if not response.mimetype.startswith(CONTENT_TYPE) or not _is_opened(door.prefix):
            return response
        problem = codec.decode(response.get_data())
        away = str(problem.get("dependency", ""))
        values = {
            "detail": problem["detail"], "name": problem["title"], "away": NAMES.get(away, away),
            "again": AGAIN_SECONDS if away else 0, "request_id": problem["request_id"],
        }  # fmt: skip
        if g.get("session") is not None:
            page = show(door, "problem.html", "problem", response.status_code, **values)
        elif away:
            page = make_response(render_template("away.html", prefix=door.prefix, **values), response.status_code)
        else:
            return response
        if "Retry-After" in response.headers:
            page.headers["Retry-After"] = response.headers["Retry-After"]
        return page


def _is_opened(prefix: str) -> bool:
    """Whether a person opened a page by its address."""
    return (
        request.method == "GET"
        and request.endpoint is not None
        and name_of(request.endpoint, prefix) in (*PAGES, *OPEN, UNKNOWN)
        and request.args.get("fragment") != "1"
        and request.accept_mimetypes.best_match([CONTENT_TYPE, "text/html"]) == "text/html"
    )
