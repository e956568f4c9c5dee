"""The application factory of every HTTP process: Flask with ids, problem documents, health, metrics, request events."""

from collections.abc import Callable
from time import perf_counter, time
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from core import log, revision
from core.events.endpoint_series import UNMATCHED
from core.security.threat_watch import ThreatWatch
from core.serving import Serving
from core.settings import Settings
from core.stores import Stores, assemble
from core.web import cors, health, outside, problems, profiler, routes
from core.web.admission import CLIENT, Admission
from core.web.client import Network, networks, within
from core.web.current import current_request
from core.web.endpoint_recorder import EndpointRecorder
from core.web.exception_recorder import ExceptionRecorder
from core.web.in_flight import CORRELATION
from core.web.metric_files import MetricFiles
from core.web.metrics import Metrics
from core.web.outliers.recorder import OutlierRecorder
from core.web.process_reporter import ProcessReporter
from core.web.profile_sampler import ProfileSampler
from core.web.query_recorder import QueryRecorder
from core.web.readiness import Check
from core.web.recorder import RequestRecorder
from core.web.routes import ROUTE
from core.web.tokens import Gate
from core.web.traffic import Traffic


class App(Flask):
    """Flask that notes every answer in its recorder.

    `ready_checks` are run by `/readyz`, which stays 200 for those of `can_spare`; `telemetry` names the endpoints by
    which the product talks to itself.
    `operations` are the networks that may see `/metrics` and what `/readyz` finds.
    `large_bodies` are the paths that take more than MAX_CONTENT_LENGTH, in bytes.
    """

    request_class = outside.OutsideRequest

    def __init__(self, name: str, recorder: RequestRecorder, **options: Any) -> None:
        super().__init__(name, **options)
        self.recorder = recorder
        self.service = name  # Flask's own `name` is worked out at each use
        self.metrics = recorder.metrics
        self.ready_checks: dict[str, Check] = {}
        self.can_spare: set[str] = set()
        self.stores: Stores | None = None
        self.admission: Admission | None = None
        self.gate: Gate | None = None
        self.exceptions: ExceptionRecorder | None = None
        self.telemetry: set[str] = set()
        self.processes: ProcessReporter | None = None
        self.threats = ThreatWatch(None)
        self.operations: tuple[Network, ...] = ()
        self.large_bodies: dict[str, int] = {}

    def most_body(self, path: str) -> int:
        """How many bytes the server may gather for a request of this path."""
        return self.large_bodies.get(path, int(self.config["MAX_CONTENT_LENGTH"]))

    def close(self) -> None:
        """End the application's threads and connections; a server's process ends without it."""
        self.recorder.stop()
        if self.stores:
            self.stores.close()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: views and hooks are plain functions, and Flask would ask each of them at every request."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """The hooks, then a look at what no view need look at again; no hook itself, which the fast path would miss."""
        answer = Flask.preprocess_request(self)
        if answer is None:
            outside.check(current_request())
        return answer

    def full_dispatch_request(self) -> Response:
        """Answer, and note it: one append, whatever the load."""
        start = perf_counter()
        request = current_request()
        environ = request.environ
        rule = request.url_rule
        if rule is None:
            endpoint, route, path = "-", UNMATCHED, routes.scrubbed(request.path)
        else:
            endpoint, route = rule.endpoint, rule.rule
            path = route
        environ[ROUTE] = path
        method = environ["REQUEST_METHOD"]
        recorder = self.recorder
        watcher = recorder.watcher
        serving = Serving(self.service, method, route)
        entry = watcher.enter(environ, serving, start)
        try:
            response = Flask.full_dispatch_request(self)  # `super` costs half a microsecond
            took = perf_counter() - start
            if took > watcher.slow_seconds:
                watcher.answered(entry, took, response.status_code)
        finally:
            watcher.leave(entry)
        body = response.response
        recorder.append(
            (  # the fields of recorder.RequestRecord
                time(),
                took,
                endpoint,
                method,
                response.status_code,
                environ.get(CLIENT) or environ.get("REMOTE_ADDR", ""),
                path,
                len(body[0]) if type(body) is list and len(body) == 1 else 0,
                environ.get("gatehouse.user"),
                environ.get(CORRELATION),
                serving.spent,
            )
        )
        if recorder.measures:
            recorder.measured(perf_counter() - start - took)
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
    recorder = RequestRecorder(Metrics(), MetricFiles(settings.data_dir / "metrics" / name))
    app = App(name, recorder, static_folder=None)
    app.stores = stores
    limits = settings.config.limits
    app.operations = networks(limits.operations_networks)
    app.config["MAX_CONTENT_LENGTH"] = limits.max_body_bytes
    app.config["MAX_JSON_VALUES"] = limits.max_json_values
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
        database = stores.database if stores else None
        app.gate = Gate(settings, database, app.operations, admission.token_refused)
        app.gate.install(app)
        recorder.listeners.append(app.gate.refresh)
    if stores:
        allowed = networks(limits.allow_networks)
        version, publisher, sampling = (
            revision.of(settings.source), stores.publisher, settings.config.performance.sampling
        )  # fmt: skip
        traffic = Traffic(
            name, publisher.publish, recorder.metrics, health.ENDPOINTS, app.telemetry, allowed, sampling
        )  # fmt: skip
        recorder.listeners.append(traffic)
        recorder.at_end.append(traffic.flush)
        pools = {"postgres": stores.database.pool_use, "redis": stores.live.pool_use}
        outliers = OutlierRecorder(
            name, version, publisher.publish, recorder.metrics, recorder.watcher,
            settings.config.performance.outliers, pools,
        )  # fmt: skip
        endpoints = EndpointRecorder(name, version, publisher.publish, recorder.metrics, outliers.usual)
        app.exceptions = ExceptionRecorder(name, version, publisher.publish, recorder.metrics)
        recorder.listeners += [endpoints, outliers, app.exceptions]
        queries = QueryRecorder(name, publisher.publish, recorder.metrics)
        recorder.listeners.append(queries)
        recorder.at_end += [endpoints.flush, outliers.flush, app.exceptions.flush, queries.flush]
        app.processes = ProcessReporter(
            name, version, publisher.publish, recorder.metrics, settings.data_dir, publisher.published, recorder
        )
        recorder.listeners.append(app.processes)
        recorder.at_end.append(app.processes.close)
        sampler = ProfileSampler(
            name, version, settings.config.performance.profiler, publisher.publish, recorder.metrics
        )  # fmt: skip
        profiler.hang(sampler, recorder, stores.live, name)
        if tokens:
            profiler.install(app, name, sampler)
    inside = lambda: within(request.environ.get(CLIENT, ""), app.operations)  # noqa: E731
    health.install(app, app.ready_checks, recorder, inside, app.can_spare)
    return app
