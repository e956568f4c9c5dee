"""Starlette and FastAPI: routes from `scope["route"]`, with the prefixes of mounts and of included routers."""

from __future__ import annotations

import sys
from typing import Any

from gatehouse_client.asgi import AsgiRecorder, Scope
from gatehouse_client.reporter import Source
from gatehouse_client.wsgi import NOTE


def is_starlette(app: Any) -> bool:
    """Whether this is a Starlette application, FastAPI's too, without importing either."""
    module = sys.modules.get("starlette.applications")
    return module is not None and isinstance(app, module.Starlette)


def bind(app: Any, source: Source) -> Any:
    """The application, recorded, once: as its outermost middleware, or around it when it has begun to serve."""
    if any(held.cls is AsgiRecorder for held in app.user_middleware):
        return app

    def route(scope: Scope) -> str:
        return route_of(app, scope)

    try:
        app.add_middleware(AsgiRecorder, source=source, route=route)
    except RuntimeError:
        return AsgiRecorder(app, source, route)
    return app


def route_of(app: Any, scope: Scope) -> str:
    """The template of the route that took a request; empty when none did."""
    note = scope[NOTE]
    included = (scope.get("fastapi") or {}).get("effective_route_context")  # its path has the prefixes of routers
    path = getattr(included, "path", None) or getattr(scope.get("route"), "path", None)
    if path is None or scope.get("root_path", "") != note.root:  # mounted, older Starlette, or a copied scope
        return _walk(app.routes, {**scope, "root_path": note.root}, path) if note.status != 404 or path else ""
    return str(path)


def _walk(routes: Any, scope: Scope, known: str | None) -> str:
    """The template by matching again, through mounts; `known` is the path of the innermost route, if it is known."""
    partial = ""
    for route in routes:
        match, child = route.matches(scope)
        if not match.value:
            continue
        path = str(getattr(route, "path", ""))
        if match.value == 1:  # the path without the method
            partial = partial or path
            continue
        if "root_path" not in child:
            return known or path
        inner = getattr(route, "routes", None)
        return path + _walk(inner, {**scope, **child}, known) if inner else path
    return partial or known or ""
