"""Closes what Dash leaves open: unknown paths, versions, unknown callbacks, and the headers that keep a page ours."""

import re
from collections.abc import Mapping
from typing import Any

from dash import Dash
from flask import Flask, Response, g

from console.auth.permissions import CALLBACKS
from console.auth.roles import reaches
from core import clock, codec
from core.web.body import json_bytes
from core.web.current import current_request
from core.web.headers import put
from core.web.problems import problem

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
DATA = "default-src 'none'; frame-ancestors 'none'"  # the policy of answers that are no documents
SAME_ORIGIN = (
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_VERSIONS = re.compile(
    r'"(dash_version|python_version|plotly_version|ddk_version|dash_version_url)":\s*("(?:[^"\\]++|\\.)*+"|null),?\s*+'
)


def install(server: Flask, dash: Dash, prefix: str) -> None:
    """Replace Dash's catch-all views, check callback requests, and put the policies on every answer.

    Call it after every callback is registered: the policy names the inline scripts by their hashes.
    """
    policy = content_policy(dash)
    for rule in (f"{prefix}<path:path>", f"{prefix}_favicon.ico"):
        server.view_functions[rule] = lambda **_: problem(404, "Page not found.")

    @server.before_request
    def refuse_unknown_callbacks() -> Response | None:
        asked = current_request()
        if asked.path != f"{prefix}_dash-update-component" or asked.method != "POST":
            return None
        try:
            body = codec.decode(json_bytes(keep=True))
        except ValueError:
            return problem(400, "The request body is not JSON.")
        if not is_known(body, dash.callback_map):
            return problem(400, "Callback not found.", field="$.output")
        if not reaches(g.session.role, CALLBACKS.get(body["output"], "")):
            return problem(403, "You do not have permission to do this.")
        return None

    @server.after_request
    def protect(response: Response) -> Response:
        asked, mimetype = current_request(), response.mimetype
        is_data = mimetype == "application/json"  # a tick's answer is not longer for what only pages heed
        pairs = [*SAME_ORIGIN]
        if not is_data:
            pairs.append(("Permissions-Policy", PERMISSIONS))
        if asked.is_secure:
            pairs.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
        if "static" not in (asked.endpoint or "") and "_dash-component-suites" not in asked.path:
            pairs.append(("X-Now", str(int(clock.now() * 1000))))  # what pages reckon with: assets/js/base/clock.js
        own = [("Content-Security-Policy", DATA if is_data else policy), ("X-Frame-Options", "DENY")]
        if is_data or mimetype == "text/html":
            own.append(("Cache-Control", "no-store"))
        put(response.headers, pairs, own)  # an artefact has its own policy, and keeps it
        return response


def content_policy(dash: Dash) -> str:
    """The Content-Security-Policy: scripts of ours only, no eval, nothing from another host, no framing."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' " + " ".join(dash.csp_hashes()),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def without_versions(page: str) -> str:
    """The index page without the versions of Python and of libraries."""
    return re.sub(r"(_dash-config[^<]*?),\s*\}", r"\1}", _VERSIONS.sub("", page))


def is_known(body: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a callback request names a registered callback, its output, inputs and states, exactly."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str) or body["output"] not in callbacks:
        return False
    known = callbacks[body["output"]]
    output, changed = body.get("outputs"), body.get("changedPropIds", [])
    return (
        isinstance(output, dict)
        and f"{output.get('id')}.{output.get('property')}" == body["output"]
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
        and _names(body.get("inputs", [])) == _names(known["inputs"])
        and _names(body.get("state", [])) == _names(known["state"])
    )


def _names(items: Any) -> list[tuple[str, str]] | None:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    return [(str(item.get("id")), str(item.get("property"))) for item in items]
