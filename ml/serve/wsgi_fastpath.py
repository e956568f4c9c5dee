"""The short way of a scoring request through the service, before Flask: same checks, same answer, a third of the cost.

Only the plain case goes this way: a JSON POST of a known length to a scoring path, from an address that is welcome,
with a token that opens scoring. Whatever else comes, and every failure, is handed to the application, which then
answers as always; so this file never writes a problem document. Should the application get further checks before a
request than those that are done here too (`_known_checks`), nothing goes this way any more.
"""

import io
from collections.abc import Callable, Iterable
from threading import Lock
from time import perf_counter
from typing import Any

import msgspec

from core import clock, nfc
from core.serving import Serving
from core.web.admission import CLIENT
from core.web.app import App
from core.web.in_flight import CORRELATION, Entry
from core.web.request_batch import RequestRecord
from core.web.routes import ROUTE
from core.web.tokens import USER
from ml.serve.predict import Predictor
from ml.serve.schemas import StrictScore

FAILURE = "gatehouse.scoring-failure"  # environ key: what scoring raised, for the application to answer
SCOPE = "score"
_MOST_BYTES = 65536
TURN_SECONDS = 0.05  # threads that score one after another lose less to the interpreter's lock; a slow one is overtaken
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class FastPath:
    """A WSGI application in front of `app`'s own; `endpoints` maps the paths it serves to their endpoint names."""

    def __init__(self, app: App, predictor: Predictor, endpoints: dict[str, str]) -> None:
        if app.admission is None:
            raise ValueError("the application has no admission")
        self._app = app
        self._gate = app.gate
        self._seen_checks, self._knows = 0, False
        self._known_checks = [app.admission.admit, *([app.gate.check] if app.gate else [])]
        self._application: Wsgi = app.wsgi_app
        self._admission = app.admission
        self._predictor = predictor
        self._endpoints = endpoints
        self._decode = msgspec.json.Decoder(StrictScore).decode
        self._encode = msgspec.json.Encoder().encode
        self._turn = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        endpoint = self._endpoints.get(environ["PATH_INFO"])
        if endpoint is None or not self._is_plain(environ):
            return self._application(environ, start_response)
        start = perf_counter()
        watcher = self._app.recorder.watcher
        entry = watcher.enter(environ, Serving(self._app.service, "POST", environ["PATH_INFO"]), start)
        try:
            return self._answer(environ, start_response, endpoint, entry)
        finally:
            watcher.leave(entry)

    def _answer(self, environ: Environ, start_response: StartResponse, endpoint: str, entry: Entry) -> Iterable[bytes]:
        request_id, correlation = self._admission.identify(environ)
        if self._admission.refused_for(environ) or (self._gate and not self._gate.opens(environ, SCOPE)):
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        watcher, (_, start, _, serving) = self._app.recorder.watcher, entry
        mine = self._turn.acquire(timeout=TURN_SECONDS)
        try:
            scored = self._predictor.one(self._decode(nfc.json(body)), start, correlation, environ.get(USER))
            answer = self._encode(scored)
            if (took := perf_counter() - start) > watcher.slow_seconds:
                watcher.answered(entry, took, 200)
        except (ValueError, RecursionError):  # the application finds it again, and names the field
            environ["wsgi.input"] = io.BytesIO(body)
            return self._application(environ, start_response)
        except Exception as failure:
            environ[FAILURE] = failure
            environ["wsgi.input"] = io.BytesIO(body)
            return self._application(environ, start_response)
        finally:
            if mine:
                self._turn.release()
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(answer))),
                ("X-Request-ID", request_id),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        took = perf_counter() - start
        self._note(environ, endpoint, took, len(answer), serving.spent)
        return [answer]

    def _is_plain(self, environ: Environ) -> bool:
        length = environ.get("CONTENT_LENGTH", "")
        return (
            environ["REQUEST_METHOD"] == "POST"
            and environ.get("CONTENT_TYPE") == "application/json"
            and "HTTP_CONTENT_ENCODING" not in environ
            and "HTTP_TRANSFER_ENCODING" not in environ
            and "HTTP_ORIGIN" not in environ
            and length.isdecimal()
            and 0 < int(length) <= _MOST_BYTES
            and self._knows_every_check()
        )

    def _knows_every_check(self) -> bool:
        checks = self._app.before_request_funcs.get(None, [])
        if len(checks) != self._seen_checks:
            self._seen_checks = len(checks)
            self._knows = all(c in self._known_checks or getattr(c, "only_with_origin", False) for c in checks)
        return self._knows

    def _note(self, environ: Environ, endpoint: str, took: float, size: int, spent: float) -> None:
        recorder = self._app.recorder
        environ[ROUTE] = environ["PATH_INFO"]  # one of ours, letter by letter
        recorder.append(
            RequestRecord(
                clock.now(),
                took,
                endpoint,
                "POST",
                200,
                environ[CLIENT],
                environ["PATH_INFO"],
                size,
                environ.get(USER),
                environ[CORRELATION],
                spent,
            )
        )
        if not recorder.running:
            recorder.start()
