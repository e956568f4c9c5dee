"""Documents that something else made (a flame graph, a model card), shown inside the console: only to be looked at."""

from flask import Response

from core.web.download import attachment

# What a viewer of a document may do: nothing but look.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def contained(body: bytes | str, content_type: str) -> Response:
    """An answer for an inner frame: no scripts, no forms, no origin of ours, nothing loaded."""
    answer = Response(body, content_type=content_type)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def download(body: bytes | str, content_type: str, name: str) -> Response:
    """A file to keep."""
    answer = attachment(body, content_type, name)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
