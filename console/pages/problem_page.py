"""What a person sees in place of a problem document when they opened a page that cannot be shown: a sentence, a way on.

A page that waits for a dependency looks again by itself. Scripts and other programs keep getting the document.
"""

from flask import Flask, Response, g, request

from console.auth.access import PAGES, name_of
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
        page = show(
            door, "problem.html", "problem", response.status_code, detail=problem["detail"], name=problem["title"],
            away=NAMES.get(away, away), again=AGAIN_SECONDS if away else 0, request_id=problem["request_id"],
        )  # fmt: skip
        if "Retry-After" in response.headers:
            page.headers["Retry-After"] = response.headers["Retry-After"]
        return page


def _is_opened(prefix: str) -> bool:
    """Whether a person with a session opened a page by its address."""
    return (
        request.method == "GET"
        and "session" in g
        and g.session is not None
        and request.endpoint is not None
        and name_of(request.endpoint, prefix) in (*PAGES, UNKNOWN)
        and request.args.get("fragment") != "1"
        and request.accept_mimetypes.best_match([CONTENT_TYPE, "text/html"]) == "text/html"
    )
