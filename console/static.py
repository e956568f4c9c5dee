"""Compressed, cacheable answers for what never changes between two deployments: assets and Dash's own scripts."""

import gzip
from collections import OrderedDict

from flask import Flask, Response, request

_SMALL = 1024
_KEPT = 64
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_STABLE = "public, max-age=31536000, immutable"


def install(server: Flask, prefix: str) -> None:
    """Gzip each asset once per process; files whose address carries their version may be kept for a year."""
    packed: OrderedDict[tuple[str, str], bytes] = OrderedDict()
    roots = (f"{prefix}assets/", f"{prefix}_dash-component-suites/")

    @server.after_request
    def compress(response: Response) -> Response:
        if not request.path.startswith(roots) or response.status_code != 200 or request.method != "GET":
            return response
        if request.args.get("m") or "_dash-component-suites" in request.path:
            response.headers["Cache-Control"] = _STABLE
        if not (response.mimetype or "").startswith(_TEXT) or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        key = (request.path, response.headers.get("ETag", ""))
        body = packed.get(key)
        if body is None:
            response.direct_passthrough = False
            raw = response.get_data()
            if len(raw) < _SMALL:
                return response
            body = packed[key] = gzip.compress(raw, 6)
            while len(packed) > _KEPT:
                packed.popitem(last=False)
        response.direct_passthrough = False
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
        return response
