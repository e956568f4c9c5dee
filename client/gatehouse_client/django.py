"""Django: routes from `resolver_match.route`, and the exceptions that it turns into answers; WSGI and ASGI."""

from __future__ import annotations

import sys
from typing import Any

from gatehouse_client.asgi import AsgiRecorder
from gatehouse_client.names import given
from gatehouse_client.reporter import Source
from gatehouse_client.wsgi import NOTE, Note, WsgiRecorder


def is_django(app: Any) -> bool:
    """Whether this is what `get_wsgi_application` or `get_asgi_application` gave, without importing Django."""
    return hasattr(app, "resolve_request") and hasattr(app, "load_middleware")


def bind(app: Any, source: Source, is_asgi: bool) -> Any:
    """The application, recorded."""
    from django.core.signals import got_request_exception  # type: ignore[import-untyped]

    resolve = app.resolve_request

    def resolve_noted(request: Any) -> Any:
        match = resolve(request)
        try:
            if (note := _note(request)) is not None:
                note.route = f"/{match.route}"
        except Exception:
            source.fault()
        return match

    app.resolve_request = resolve_noted
    got_request_exception.connect(_note_error, weak=False, dispatch_uid="gatehouse_client")
    return AsgiRecorder(app, source) if is_asgi else WsgiRecorder(app, source)


def _note(request: Any) -> Note | None:
    held = getattr(request, "environ", None) or getattr(request, "scope", None) or {}
    found = held.get(NOTE)
    return found if isinstance(found, Note) else None


def _note_error(sender: Any, request: Any = None, **_: Any) -> None:
    try:
        if (note := _note(request)) is not None:
            note.error = sys.exc_info()[1]
            user = getattr(request, "_cached_user", None)  # request.user might ask the database now
            note.user = given(user.get_username()) if user is not None else ""
    except Exception:  # nothing that is noted may break an answer
        return
