"""Times the HTTP requests of an ASGI application. Whatever fails here, it serves on; other scopes pass untouched."""

from __future__ import annotations

from asyncio import CancelledError, get_running_loop
from collections.abc import Awaitable
from time import perf_counter
from typing import Any, Callable

from gatehouse_client.fold import UNMATCHED
from gatehouse_client.names import error_type, given
from gatehouse_client.reporter import Source
from gatehouse_client.wsgi import NOTE, Note

NONE_SENT = 0  # the caller left before there was a status
Scope = dict[str, Any]


class AsgiRecorder:
    """The application, recorded. `route(scope)` names the route of a request that no hook has named."""

    def __init__(self, app: Any, source: Source, route: Callable[[Scope], str | None] | None = None) -> None:
        self._app = app
        self._source = source
        self._route = route

    async def __call__(
        self, scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[None]]
    ) -> None:
        """As ASGI 3 says."""
        if scope["type"] != "http":
            is_lifespan = scope["type"] == "lifespan"
            await self._app(scope, receive, self._flushing(send) if is_lifespan else send)
            return
        note = scope[NOTE] = Note()
        note.root = scope.get("root_path", "")

        async def sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                note.status = message["status"]
            await send(message)

        failure: BaseException | None = None
        try:
            await self._app(scope, receive, sent)
        except BaseException as error:
            failure = error
            raise
        finally:
            seconds = perf_counter() - note.start
            try:
                if not note.status:
                    note.status = NONE_SENT if failure is None or isinstance(failure, CancelledError) else 500
                status = int(note.status)
                cause = failure or (note.error if status >= 500 else None)
                route = note.route or (self._route(scope) if self._route else "") or UNMATCHED
                self._source.add(route, scope["method"], status, error_type(cause) if cause else "", seconds)
                if cause is not None:
                    user = note.user or given(getattr(scope.get("user"), "display_name", None))
                    self._source.raised(cause, route, scope["method"], user)
            except Exception:
                self._source.fault()

    def _flushing(self, send: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """`send` of a lifespan, which sends what was recorded before the server learns that the application has ended:
        uvicorn's processes die by their signal, and then nothing is called at their exit.
        """

        async def sent(message: dict[str, Any]) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                try:
                    await get_running_loop().run_in_executor(None, self._source.flush)
                except Exception:
                    self._source.fault()
            await send(message)

        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)
