"""`/openapi.json`, and `/docs`: a small page that shows it, served from here alone."""

from pathlib import Path
from typing import Any

from flask import Response

from core import codec
from core.web.app import App
from core.web.openapi import document, documented

TITLE = "Gatehouse monitoring API"
VERSION = "1.0.0"
DESCRIPTION = (
    "Ingests the platform's events and serves the data shown by the console. Errors are RFC 9457 problem documents."
)
_FOLDER = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_FILES = {
    "": ("docs.html", "text/html"),
    "/docs.js": ("docs.js", "text/javascript"),
    "/docs.css": ("docs.css", "text/css"),
}


def install(app: App) -> None:
    """Add the routes; the document is made when it is first asked for, from every route there is by then."""
    made: list[bytes] = []

    @app.get("/openapi.json")
    @documented("This document", tag="operations", answers={200: dict[str, Any]}, scope="operations")
    def openapi() -> Response:
        if not made:
            made.append(codec.encode(document(app, TITLE, VERSION, DESCRIPTION)))
        return Response(made[0], content_type="application/json")

    for path, (name, kind) in _FILES.items():
        _serve(app, f"/docs{path}", _FOLDER / name, kind)


def _serve(app: App, path: str, file: Path, kind: str) -> None:
    body = file.read_bytes()

    @documented(
        "The browsable form of the document",
        tag="operations",
        answers={200: str},
        content_type=kind,
        scope="operations",
    )
    def page() -> Response:
        return Response(body, headers={"Content-Security-Policy": _POLICY}, content_type=f"{kind}; charset=utf-8")

    app.add_url_rule(path, f"docs_{file.name}", page, methods=["GET"])
