"""`/healthz` (alive), `/readyz` (can serve) and `/metrics` of a process, whatever serves them."""

from collections.abc import Callable

from flask import Flask, Response, request

from core import codec
from core.errors import GatehouseError
from core.web.exposition import exposition
from core.web.openapi import documented
from core.web.recorder import Recorder

ENDPOINTS = ("healthz", "readyz", "metrics")
Check = Callable[[], None]


def readiness(checks: dict[str, Check]) -> tuple[int, dict[str, str]]:
    """Run every check; 200 when none raises, else 503, with `ok` or the reason for each name."""
    found = {}
    for name, check in checks.items():
        try:
            check()
            found[name] = "ok"
        except GatehouseError as error:
            found[name] = str(error)
    return (200 if all(value == "ok" for value in found.values()) else 503), found


def install(app: Flask, checks: dict[str, Check], recorder: Recorder) -> None:
    """Add the three endpoints; `checks` may grow until the application serves."""

    @app.get("/healthz")
    @documented("Whether the process is alive", tag="operations", answers={200: dict[str, str]}, scope="open")
    def healthz() -> Response:
        return _json(200, {"status": "ok"})

    @app.get("/readyz")
    @documented(
        "Whether the process can serve: each dependency by name",
        tag="operations",
        answers={200: dict[str, str], 503: dict[str, str]},
        scope="open",
    )
    def readyz() -> Response:
        return _json(*readiness(checks))

    @app.get("/metrics")
    @documented(
        "Metrics of all workers, as Prometheus text or as OpenMetrics with exemplars",
        tag="operations",
        answers={200: str},
        content_type="text/plain",
        scope="operations",
    )
    def metrics() -> Response:
        body, content_type = exposition(recorder.families(), request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)


def _json(status: int, value: dict[str, str]) -> Response:
    return Response(codec.encode(value), status, {"Cache-Control": "no-store"}, content_type="application/json")
