"""The application factory of every HTTP process: Flask with ids, problem documents, health, metrics, request events."""

from time import perf_counter, time
from typing import Any

import structlog
from flask import Flask, Response
from flask.globals import request_ctx

from core import log
from core.settings import Settings
from core.store.db import Database
from core.store.live import Live
from core.store.outlet import Outlet
from core.web import health, problems
from core.web.admission import CLIENT, Admission
from core.web.health import Check
from core.web.metric_files import MetricFiles
from core.web.metrics import Metrics
from core.web.recorder import Recorder, Seen
from core.web.traffic import Traffic


class App(Flask):
    """Flask that notes every answer in its recorder. `ready_checks` are run by `/readyz`."""

    def __init__(self, name: str, recorder: Recorder, **options: Any) -> None:
        super().__init__(name, **options)
        self.recorder = recorder
        self.metrics = recorder.metrics
        self.ready_checks: dict[str, Check] = {}

    def full_dispatch_request(self) -> Response:
        """Answer, and note it: one append, whatever the load."""
        start = perf_counter()
        response = super().full_dispatch_request()
        took = perf_counter() - start
        request = request_ctx.request
        environ = request.environ
        rule = request.url_rule
        body = response.response
        recorder = self.recorder
        recorder.append(Seen(
            time(), took, rule.endpoint if rule is not None else "-", environ["REQUEST_METHOD"], response.status_code,
            environ.get(CLIENT) or environ.get("REMOTE_ADDR", ""), environ.get("PATH_INFO", ""),
            len(body[0]) if type(body) is list and len(body) == 1 else 0, environ.get("gatehouse.user"),
        ))
        if not recorder.running:
            recorder.start()
        return response


def create_app(
    name: str, settings: Settings, *, outlet: Outlet | None = None, live: Live | None = None,
    database: Database | None = None,
) -> App:
    """The application of the process `name`; opens nothing until the first request.

    What a process already holds (`live`, `database`, `outlet`) is shared; else it is made from the settings. Without
    addresses of Redis and PostgreSQL the application serves, but publishes no traffic and refuses nobody. Requests are
    counted per endpoint; whoever authenticates sets `request.environ["gatehouse.user"]` for the request event.
    """
    log.setup(name)
    structlog.contextvars.bind_contextvars(process=name)
    if live is None and settings.redis_url:
        live = Live(settings.redis_url)
    if outlet is None and live is not None and settings.database_url:
        outlet = Outlet(live, database or Database(settings.database_url), settings)
    recorder = Recorder(Metrics(), MetricFiles(settings.data_dir / "metrics" / name))
    app = App(name, recorder, static_folder=None)
    limits = settings.config.limits
    app.config["MAX_CONTENT_LENGTH"] = limits.max_body_bytes
    problems.install(app)
    admission = Admission(name, limits, live, health.ENDPOINTS)
    admission.install(app)
    recorder.listeners.append(admission.refresh)
    if outlet is not None:
        recorder.listeners.append(Traffic(name, outlet.publish, recorder.metrics, health.ENDPOINTS))
    health.install(app, app.ready_checks, recorder)
    return app
