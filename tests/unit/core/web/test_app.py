"""The factory: ids, problem documents for every error, health, metrics."""

import unicodedata

import msgspec
import pytest
from flask import Response, request

from core.errors import BadInput, DatabaseUnavailable
from core.web.app import App
from core.web.body import json_body


@pytest.fixture
def failing(app: App) -> App:
    errors = {
        "bug": RuntimeError("secret"),
        "input": BadInput("$.amount", "too small"),
        "away": DatabaseUnavailable("x"),
    }

    @app.get("/fail/<kind>")
    def fail(kind: str) -> Response:
        raise errors[kind]

    return app


@pytest.mark.parametrize(("kind", "status"), [("bug", 500), ("input", 400), ("away", 503)])
def test_every_error_is_a_problem_document(failing: App, kind: str, status: int) -> None:
    answer = failing.test_client().get(f"/fail/{kind}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert ("field" in answer.json) == (kind == "input")
    assert ("Retry-After" in answer.headers) == (kind == "away")


def test_unknown_paths_and_methods(app: App) -> None:
    client = app.test_client()
    assert client.get("/none").json["status"] == 404
    wrong = client.delete("/healthz")
    assert (wrong.status_code, wrong.json["title"]) == (405, "Method Not Allowed")
    assert "GET" in wrong.headers["Allow"]


@pytest.mark.parametrize(("given", "kept"), [("abc-1.2", True), ("x" * 65, False), ("a b", False), ("a\u00e9", False)])
def test_a_sane_request_id_is_kept(app: App, given: str, kept: bool) -> None:
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) == kept
    assert answer.headers["X-Request-ID"]


def test_readiness_names_what_is_missing(app: App) -> None:
    def away() -> None:
        raise DatabaseUnavailable("refused")

    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    app.ready_checks["postgres"] = away
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"postgres": "postgres cannot be reached: refused"})


def test_metrics_count_what_was_answered(app: App) -> None:
    client = app.test_client()
    for path in ("/healthz", "/healthz", "/none"):
        client.get(path)
    client.open("/none", method="BREW")
    text = client.get("/metrics").text
    assert 'gatehouse_http_requests_total{endpoint="healthz",method="GET",status="200"} 2.0' in text
    assert 'gatehouse_http_requests_total{endpoint="-",method="GET",status="404"} 1.0' in text
    assert 'method="OTHER"' in text
    assert 'gatehouse_http_request_duration_seconds_bucket{endpoint="healthz",le="+Inf",method="GET"} 2.0' in text
    app.close()


def test_paths_queries_and_bodies_are_in_one_form(app: App) -> None:
    """NFD, as macOS writes it, and NFC are one id."""

    @app.post("/echo/<name>")
    def echo(name: str) -> Response:
        body = json_body(msgspec.json.Decoder(dict[str, str]))
        return app.json.response([name, request.args["who"], body["who"]])

    nfc = "Renée"
    nfd = unicodedata.normalize("NFD", nfc)
    answer = app.test_client().post(f"/echo/{nfd}", query_string={"who": nfd}, json={"who": nfd})
    assert answer.json == [nfc, nfc, nfc]
