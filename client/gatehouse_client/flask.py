"""Flask: routes from `request.url_rule`, and the exceptions that it turns into answers."""

from __future__ import annotations

from typing import Any, Callable

from gatehouse_client.reporter import Source
from gatehouse_client.wsgi import NOTE, WsgiRecorder

BOUND = "gatehouse_client"  # in app.extensions


def is_flask(app: Any) -> bool:
    """Whether this is a Flask application, without importing Flask."""
    return all(hasattr(app, name) for name in ("wsgi_app", "url_map", "before_request_funcs", "handle_user_exception"))


def bind(app: Any, source: Source) -> None:
    """Record the application, once."""
    from flask import request

    if BOUND in app.extensions:
        return
    app.extensions[BOUND] = source

    def note_route() -> None:
        try:
            known = request._get_current_object()  # type: ignore[attr-defined]
            if (rule := known.url_rule) is not None:
                known.environ[NOTE].route = rule.rule
        except Exception:
            source.fault()

    def noting(handle: Callable[..., Any]) -> Callable[..., Any]:
        def handle_noted(*arguments: Any) -> Any:
            try:
                if (note := request.environ.get(NOTE)) is not None:
                    note.error = arguments[-1]
            except Exception:
                source.fault()
            return handle(*arguments)

        return handle_noted

    app.wsgi_app = WsgiRecorder(app.wsgi_app, source)
    app.before_request_funcs.setdefault(None, []).insert(0, note_route)  # before one that answers itself
    app.handle_user_exception = noting(app.handle_user_exception)
    app.handle_exception = noting(app.handle_exception)
