"""The scoring service as a Flask application (L1): its routes, wired to what scores, stores and counts."""

from time import perf_counter

import msgspec
from flask import Response, g, request

from core import clock
from core.events.limits import Shape
from core.events.retention import Kept
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.app import App, create_app
from core.web.body import json_body, json_bytes
from core.web.input_names import InputNames
from core.web.openapi import documented
from core.web.problems import problem
from core.web.tokens import USER
from ml import config as model_config
from ml import registry
from ml.serve import holdout, input_names
from ml.serve.current_model import NoModel, Serving
from ml.serve.input_names import NameCheck
from ml.serve.predict import Predictor
from ml.serve.schemas import (
    Explain,
    Explained,
    InService,
    Score,
    Scored,
    ScoredMany,
    ScoreMany,
    Train,
    Training,
    Trainings,
)
from ml.serve.shadow import Shadow
from ml.serve.threat_override import Listing
from ml.serve.training_runs import Busy, Runs
from ml.serve.wsgi_fastpath import FAILURE, FastPath

PREFIX = "/api/v1/ml"
_encode = msgspec.json.Encoder().encode


def create(settings: Settings, stores: Stores | None = None) -> App:
    """The application; opens nothing until the first request. Raises ConfigError."""
    config = model_config.load(settings)
    stores = stores or assemble(settings)
    app = create_app("scoring", settings, stores)
    serving = Serving(stores, settings.config.policy, config.serving.refresh_seconds)
    listing = Listing(app.threats.hit, settings.config.threats.least_decision)
    unseen = Shadow(serving, stores.database, app.metrics)
    shape = Shape.of(settings.config.limits)
    ahead = settings.config.ingest.future_seconds
    kept = Kept.of(settings.config.retention)
    counts = InputNames(app.metrics, stores.live)
    app.recorder.listeners.append(counts.tick)
    check = NameCheck(counts, settings.config.ingest.unknown_names == "refuse")
    terms = (holdout.of(settings), listing, unseen, shape, kept, check)
    predictor = Predictor(serving, stores.publisher, app.metrics, ahead, *terms)
    loaded = app.metrics.gauge("fraud_model_loaded", "Workers with a loaded model.")
    app.recorder.listeners.append(lambda _: loaded.set(1.0 if serving.loaded() else 0.0))
    app.ready_checks["model"] = serving.check
    app.ready_checks["redis"] = stores.live.check_writes
    app.can_spare.add("redis")
    app.extensions["serving"], app.extensions["shadow"] = serving, unseen
    app.register_error_handler(NoModel, lambda error: problem(503, str(error), "No model", {"Retry-After": "5"}))
    app.register_error_handler(Busy, lambda error: problem(409, str(error), "Busy"))
    _add_scoring(app, predictor)
    _add_model(app, serving, Runs(stores.database))
    return app


def _add_scoring(app: App, predictor: Predictor) -> None:
    def predict() -> Response:
        start = perf_counter()
        if failure := request.environ.get(FAILURE):
            raise failure
        body, fields = input_names.one(json_bytes())
        return _json(predictor.one(body, start, g.correlation_id, request.environ.get(USER), fields))

    def predict_batch() -> Response:
        start = perf_counter()
        bodies, found = input_names.many(json_bytes())
        return _json(ScoredMany(predictor.many(bodies, start, request.environ.get(USER), found)))

    single = documented(
        "Score one transaction",
        tag="scoring",
        body=Score,
        answers={200: Scored},
        problems=(400, 422, 503),
        scope="score",
    )
    batch = documented(
        "Score up to 1,000 transactions",
        tag="scoring",
        scope="score",
        body=ScoreMany,
        answers={200: ScoredMany},
        problems=(400, 422, 503),
    )
    singles = (f"{PREFIX}/predict/fraud", f"{PREFIX}/predict", "/predict/fraud", "/predict")
    for path in singles:
        app.post(path, endpoint=path)(single(predict))
    if app.admission:
        endpoints = {path: path for path in singles}
        app.wsgi_app = FastPath(app, predictor, endpoints)  # type: ignore[method-assign]
    for path in (f"{PREFIX}/predict-batch", "/predict-batch"):
        app.post(path, endpoint=path)(batch(predict_batch))
        app.telemetry.add(path)  # how our own history is made; a partner's batches are traffic


def _add_model(app: App, serving: Serving, runs: Runs) -> None:
    explanation, order = msgspec.json.Decoder(Explain), msgspec.json.Decoder(Train)

    @app.post(f"{PREFIX}/explain")
    @documented(
        "Explain stored feature values",
        tag="scoring",
        scope="score",
        body=Explain,
        answers={200: Explained},
        problems=(400, 503),
    )
    def explain() -> Response:
        body = json_body(explanation)
        scorer = serving.scorer(body.model_version)
        shares, base = scorer.explain(body.features)
        return _json(Explained(body.model_version, base, shares))

    @app.get(f"{PREFIX}/model")
    @documented(
        "Get the model and policy in service", tag="model", answers={200: InService}, problems=(503,), scope="read"
    )
    def model() -> Response:
        force = serving.current()
        kept = force.scorer.model
        return _json(
            InService(
                kept.version,
                kept.algorithm,
                clock.iso(kept.created_at),
                kept.fingerprint,
                kept.note,
                [feature.as_json() for feature in registry.features(kept)],
                {name: value for name, value in kept.metrics.items() if name != "features"},
                msgspec.to_builtins(force.policy),
            )
        )

    def train() -> Response:
        return _json(runs.start(json_body(order), request.environ.get(USER, "local")), 202)

    def training() -> Response:
        run = runs.newest()
        return _json(run) if run else problem(404, "there are no training runs yet")

    @app.get(f"{PREFIX}/training-runs")
    @documented("List training runs, newest first", tag="model", answers={200: Trainings}, scope="read")
    def training_runs() -> Response:
        return _json(runs.listed())

    start = documented(
        "Start a training run on stored, labelled predictions",
        tag="model",
        scope="admin",
        body=Train,
        answers={202: Training},
        problems=(400, 409),
    )
    look = documented(
        "Get the newest training run", tag="model", answers={200: Training}, problems=(404,), scope="read"
    )
    for path in (f"{PREFIX}/train", "/train"):
        app.post(path, endpoint=f"POST {path}")(start(train))
        app.get(path, endpoint=f"GET {path}")(look(training))


def _json(value: msgspec.Struct, status: int = 200) -> Response:
    return Response(_encode(value), status, content_type="application/json")
