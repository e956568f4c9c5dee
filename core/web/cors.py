"""Calls from other origins' pages: closed, except for the origins that `limits.cors_origins` lists (X5)."""

from collections.abc import Sequence

from flask import Flask, Response, request

METHODS = "GET, POST"
HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-ID, X-Correlation-ID"


def install(app: Flask, origins: Sequence[str]) -> None:
    """Answer preflights of listed origins, and sign what they may read. A token is still needed."""
    listed = frozenset(origins)

    def preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if request.headers.get("Origin") not in listed:
            return None
        allowed = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": HEADERS}
        return Response(status=204, headers=allowed | {"Access-Control-Max-Age": "600"})

    def sign(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origin in listed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "X-Request-ID, X-As-Of, Retry-After"
        response.vary.add("Origin")
        return response

    if listed:
        preflight.only_with_origin = True  # type: ignore[attr-defined]
        app.before_request(preflight)
        app.after_request(sign)
