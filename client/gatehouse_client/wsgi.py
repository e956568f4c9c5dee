"""Times the requests of a WSGI application, the reading of its answer included. Whatever fails here, it serves on."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any, Callable

from gatehouse_client.fold import UNMATCHED
from gatehouse_client.names import error_type, given
from gatehouse_client.reporter import Source

NOTE = "gatehouse_client.note"  # environ and scope key of what hooks within the application note


class Note:
    """What is known of a request before it ends. `status` is as its interface has it; `root` is where ASGI began."""

    __slots__ = ("ended", "error", "root", "route", "start", "status", "user")

    def __init__(self) -> None:
        self.route = self.root = self.user = ""
        self.status: str | int = ""
        self.error: BaseException | None = None
        self.ended = False
        self.start = perf_counter()


class WsgiRecorder:
    """The application, recorded. `route(environ)` names the route of a request that no hook has named."""

    def __init__(self, app: Any, source: Source, route: Callable[[dict[str, Any]], str | None] | None = None) -> None:
        self._app = app
        self._source = source
        self._route = route

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """As WSGI says (PEP 3333)."""
        note = environ[NOTE] = Note()

        def started(status: str, headers: Any, *more: Any) -> Any:
            note.status = status
            return start_response(status, headers, *more)

        try:
            answer = self._app(environ, started)
        except BaseException as error:
            note.status = "500"
            self.end(environ, note, error)
            raise
        kind = type(answer)
        if kind is list or kind is tuple or kind is environ.get("wsgi.file_wrapper"):  # servers treat these apart
            self.end(environ, note, None)
            return answer
        return _Body(answer, self, environ, note)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def end(self, environ: dict[str, Any], note: Note, error: BaseException | None) -> None:
        """Record a request, once."""
        if note.ended:
            return
        note.ended = True
        seconds = perf_counter() - note.start
        try:
            status = int(str(note.status)[:3]) if note.status else 500
            route = note.route or (self._route(environ) if self._route else "") or UNMATCHED
            error = error or (note.error if status >= 500 else None)
            method = environ["REQUEST_METHOD"]
            self._source.add(route, method, status, error_type(error) if error else "", seconds)
            if error is not None:
                self._source.raised(error, route, method, note.user or given(environ.get("REMOTE_USER")))
        except Exception:
            self._source.fault()


class _Body:
    """An answer that is still being read; it has ended when the server closes it, as every server must."""

    __slots__ = ("_answer", "_environ", "_error", "_note", "_recorder")

    def __init__(self, answer: Any, recorder: WsgiRecorder, environ: dict[str, Any], note: Note) -> None:
        self._answer = answer
        self._recorder = recorder
        self._environ = environ
        self._note = note
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._answer
        except GeneratorExit:  # the server has enough
            raise
        except BaseException as error:
            self._error = error
            raise

    def close(self) -> None:
        """The server is done with it."""
        try:
            if (close := getattr(self._answer, "close", None)) is not None:
                close()
        finally:
            self._recorder.end(self._environ, self._note, self._error)
