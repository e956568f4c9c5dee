"""The application factory of every HTTP process: Flask with ids, problem documents, health, metrics, request events."""

from time import perf_counter, time
from typing import Any

from flask import Flask, Response
from flask.globals import _cv_request

from core import log
from core.settings import Settings
from core.store.assembly import Stores, assemble
from core.store.threat_watch import ThreatWatch
from core.web import cors, health, problems, profiler
from core.web.admission import CLIENT, CORRELATION, Admission
from core.web.client import networks
from core.web.health import Check
from core.web.metric_files import MetricFiles
from core.web.metrics import Metrics
from core.web.recorder import Recorder
from core.web.tokens import Gate
from core.web.traffic import Traffic


class App(Flask):
    """Flask that notes every answer in its recorder.

    `ready_checks` are run by `/readyz`; `telemetry` names the endpoints by which the product talks to itself.
    """

    def __init__(self, name: str, recorder: Recorder, **options: Any) -> None:
        super().__init__(name, **options)
        self.recorder = recorder
        self.metrics = recorder.metrics
        self.ready_checks: dict[str, Check] = {}
        self.stores: Stores | None = None
        self.admission: Admission | None = None
        self.gate: Gate | None = None
        self.telemetry: set[str] = set()
        self.threats = ThreatWatch(None)

    def close(self) -> None:
        """End the application's threads and connections; a server's process ends without it."""
        self.recorder.stop()
        if self.stores:
            self.stores.close()

    def full_dispatch_request(self) -> Response:
        """Answer, and note it: one append, whatever the load."""
        start = perf_counter()
        response = super().full_dispatch_request()
        took = perf_counter() - start
        request = _cv_request.get().request  # without the proxy, which costs more than all the rest
        environ = request.environ
        rule = request.url_rule
        body = response.response
        recorder = self.recorder
        recorder.append(
            (  # the fields of recorder.Seen
                time(),
                took,
                rule.endpoint if rule is not None else "-",
                environ["REQUEST_METHOD"],
                response.status_code,
                environ.get(CLIENT) or environ.get("REMOTE_ADDR", ""),
                environ.get("PATH_INFO", ""),
                len(body[0]) if type(body) is list and len(body) == 1 else 0,
                environ.get("gatehouse.user"),
                environ.get(CORRELATION),
            )
        )
        if not recorder.running:
            recorder.start()
        return response


def create_app(name: str, settings: Settings, stores: Stores | None = None, *, tokens: bool = True) -> App:
    """The application of the process `name`; opens nothing until the first request.

    `stores` are shared with the process; without them they are made when the settings have the addresses, and else the
    application serves, but publishes no traffic. Every route needs a token of the scope it declares, unless `tokens`
    is False because the application guards itself. Whoever authenticates a request sets
    `request.environ["gatehouse.user"]` for its event.
    """
    log.setup(name)
    if stores is None and settings.redis_url and settings.database_url:
        stores = assemble(settings)
    recorder = Recorder(Metrics(), MetricFiles(settings.data_dir / "metrics" / name))
    app = App(name, recorder, static_folder=None)
    app.stores = stores
    limits = settings.config.limits
    app.config["MAX_CONTENT_LENGTH"] = limits.max_body_bytes
    problems.install(app)
    app.threats = ThreatWatch(stores)
    refused = app.threats if settings.config.threats.refuse_requests else None
    app.admission = admission = Admission(name, limits, stores, health.ENDPOINTS, refused)
    admission.install(app)
    recorder.listeners.append(admission.refresh)
    recorder.listeners.append(lambda _: app.threats.tick())
    if tokens:
        cors.install(app, limits.cors_origins)
    if tokens and settings.auth:
        operations = networks(limits.operations_networks)
        database = stores.database if stores else None
        app.gate = Gate(settings.internal_token, database, operations, admission.token_refused)
        app.gate.install(app)
        recorder.listeners.append(app.gate.refresh)
    if stores:
        allowed = networks(limits.allow_networks)
        recorder.listeners.append(
            Traffic(name, stores.outlet.publish, recorder.metrics, health.ENDPOINTS, app.telemetry, allowed)
        )
    health.install(app, app.ready_checks, recorder)
    if tokens:
        profiler.install(app, name)
    return app
