"""The problem document of a request that never reaches an application: head and body, for the server's own use.

It knows no Flask, which gunicorn's main process would load for nothing.
"""

from http import HTTPStatus

from core import codec

CONTENT_TYPE = "application/problem+json"


def raw(status: int, detail: str) -> bytes:
    """The last answer of a connection whose request never reaches an application, with its head."""
    title = HTTPStatus(status).phrase
    body = codec.encode({"type": "about:blank", "title": title, "status": status, "detail": detail})
    head = f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: {CONTENT_TYPE}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
