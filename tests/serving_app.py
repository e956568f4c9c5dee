"""The application that tests of the server serve: it says what it got, and answers as large as it is asked for."""

import json
import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

MOST = 300_000


class App:
    """A WSGI application with a bound on bodies, as ours have."""

    served = 0

    def most_body(self, path: str) -> int:
        """Bytes."""
        return 4_000_000 if path == "/large" else MOST

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """`/answer/N` has N bytes; everything else tells about the request."""
        path = environ["PATH_INFO"]
        self.served += 1
        if path.startswith("/answer/"):
            size = int(path.removeprefix("/answer/"))
            start("200 OK", [("Content-Length", str(size))])
            return (b"x" * min(65536, size - at) for at in range(0, size, 65536))
        if path == "/abort":  # as the arbiter does to a worker that gives no sign of life
            os.kill(os.getpid(), signal.SIGABRT)
        if path == "/ignore":
            start("200 OK", [("Content-Length", "2")])
            return [b"ok"]
        if int(environ.get("CONTENT_LENGTH") or 0) > self.most_body(path):
            start("413 Content Too Large", [("Content-Length", "0")])
            return []
        body = environ["wsgi.input"].read()
        told = {
            "method": environ["REQUEST_METHOD"],
            "path": path,
            "size": len(body),
            "sum": sum(body),
            "served": self.served,
            "process": os.getpid(),
        }
        answer = json.dumps(told).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]


app = App()
