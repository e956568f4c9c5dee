"""The short way of a scoring request through the service, before Flask: same checks, same answer, a third of the cost.

Only the plain case goes this way: a JSON POST of a known length to a scoring path from an address that is not blocked.
Whatever else comes, and every failure, is handed to the application, which then answers as always; so this file never
writes a problem document. Should the application get further checks before a request, such as tokens, nothing goes
this way any more (`_APPLICATION_CHECKS`) until they are done here too.
"""

import io
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import msgspec

from core import clock
from core.web.admission import CLIENT, Admission
from core.web.app import App
from core.web.recorder import Seen
from ml.bodies import Score
from ml.predict import Predictor

FAILURE = "gatehouse.scoring-failure"  # environ key: what scoring raised, for the application to answer
_APPLICATION_CHECKS = 1  # admission, done here too
_MOST_BYTES = 65536
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class FastPath:
    """A WSGI application in front of `app`'s own; `endpoints` maps the paths it serves to their endpoint names."""

    def __init__(self, app: App, admission: Admission, predictor: Predictor, endpoints: dict[str, str]) -> None:
        self._app = app
        self._application: Wsgi = app.wsgi_app
        self._admission = admission
        self._predictor = predictor
        self._endpoints = endpoints
        self._decode = msgspec.json.Decoder(Score).decode
        self._encode = msgspec.json.Encoder().encode

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        endpoint = self._endpoints.get(environ["PATH_INFO"])
        if endpoint is None or not self._is_plain(environ):
            return self._application(environ, start_response)
        start = perf_counter()
        request_id, _ = self._admission.identify(environ)
        if self._admission.blocked_for(environ[CLIENT]):
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            answer = self._encode(self._predictor.one(self._decode(body), start))
        except (ValueError, RecursionError):  # the application finds it again, and names the field
            environ["wsgi.input"] = io.BytesIO(body)
            return self._application(environ, start_response)
        except Exception as failure:
            environ[FAILURE] = failure
            environ["wsgi.input"] = io.BytesIO(body)
            return self._application(environ, start_response)
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(answer))),
                ("X-Request-ID", request_id),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        self._note(environ, endpoint, perf_counter() - start, len(answer))
        return [answer]

    def _is_plain(self, environ: Environ) -> bool:
        length = environ.get("CONTENT_LENGTH", "")
        return (
            environ["REQUEST_METHOD"] == "POST"
            and environ.get("CONTENT_TYPE") == "application/json"
            and "HTTP_CONTENT_ENCODING" not in environ
            and "HTTP_TRANSFER_ENCODING" not in environ
            and length.isdecimal()
            and 0 < int(length) <= _MOST_BYTES
            and len(self._app.before_request_funcs.get(None, ())) == _APPLICATION_CHECKS
        )

    def _note(self, environ: Environ, endpoint: str, took: float, size: int) -> None:
        recorder = self._app.recorder
        recorder.append(
            Seen(
                clock.now(),
                took,
                endpoint,
                "POST",
                200,
                environ[CLIENT],
                environ["PATH_INFO"],
                size,
                environ.get("gatehouse.user"),
            )
        )
        if not recorder.running:
            recorder.start()
