"""`/healthz` (alive), `/readyz` (can serve) and `/metrics` of a Flask application."""

from collections.abc import Callable, Collection, Mapping

from flask import Flask, Response, request

from core import codec
from core.web.exposition import exposition
from core.web.openapi import documented
from core.web.readiness import Check, bare, readiness
from core.web.recorder import RequestRecorder

ENDPOINTS = ("healthz", "readyz", "metrics")


def install(
    app: Flask,
    checks: Mapping[str, Check],
    recorder: RequestRecorder,
    inside: Callable[[], bool],
    spare: Collection[str] = (),
) -> None:
    """Add the three endpoints; `checks` may grow until the application serves, and so may `spare` of them.

    `inside` says whether the client of this request may see what the checks found.
    """

    @app.get("/healthz")
    @documented("Liveness", tag="operations", answers={200: dict[str, str]}, scope="open")
    def healthz() -> Response:
        return _json(200, {"status": "ok"})

    @app.get("/readyz")
    @documented(
        "Readiness; lists each dependency for callers in the operations networks",
        tag="operations",
        answers={200: dict[str, str], 503: dict[str, str]},
        scope="open",
    )
    def readyz() -> Response:
        status, found = readiness(checks, spare)
        return _json(status, found if inside() else bare(status))

    @app.get("/metrics")
    @documented(
        "Metrics of all workers as Prometheus text or as OpenMetrics with exemplars",
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
