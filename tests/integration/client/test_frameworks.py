"""Flask, Django, FastAPI, Starlette and plain applications under real servers: each request under its route."""

from collections import Counter
from pathlib import Path

import pytest

from tests.client_apps.serving import APPS, serving
from tests.collecting import collecting
from tests.waiting import until

FLASK = {
    ("GET", "/items/5"): ("/items/<int:number>", 200, ""),
    ("GET", "/items/6"): ("/items/<int:number>", 200, ""),
    ("POST", "/items/5"): ("/items/<int:number>", 201, ""),
    ("DELETE", "/items/5"): ("(unmatched)", 405, ""),
    ("GET", "/shop/rock/buy"): ("/shop/<slug>/buy", 200, ""),
    ("GET", "/boom"): ("/boom", 500, f"{APPS}.flask_app.Trouble"),
    ("GET", "/handled"): ("/handled", 503, "KeyError"),
    ("GET", "/forbidden"): ("/forbidden", 403, ""),
    ("GET", "/stream/whole"): ("/stream/<name>", 200, ""),
    ("GET", "/file"): ("/file", 200, ""),
    ("GET", "/no/such/path"): ("(unmatched)", 404, ""),
}
DJANGO = {
    ("GET", "/"): ("/", 200, ""),
    ("GET", "/items/5/"): ("/items/<int:number>/", 200, ""),
    ("POST", "/items/5/"): ("/items/<int:number>/", 201, ""),
    ("GET", "/shop/5/buy/"): ("/shop/<int:number>/buy/", 200, ""),
    ("GET", "/boom/"): ("/boom/", 500, f"{APPS}.django_app.Trouble"),
    ("GET", "/later/"): ("/later/", 500, f"{APPS}.django_app.Trouble"),
    ("GET", "/stream/"): ("/stream/", 200, ""),
    ("GET", "/old/1999/"): ("/^old/(?P<year>[0-9]{4})/$", 200, ""),
    ("GET", "/no/such/path"): ("(unmatched)", 404, ""),
}
FASTAPI = {
    ("GET", "/items/5"): ("/items/{number}", 200, ""),
    ("GET", "/items/word"): ("/items/{number}", 422, ""),
    ("POST", "/items/5"): ("/items/{number}", 201, ""),
    ("DELETE", "/items/5"): ("/items/{number}", 405, ""),
    ("GET", "/v1/shop/rock/buy"): ("/v1/shop/{slug}/buy", 200, ""),
    ("GET", "/inner/things/5"): ("/inner/things/{number}", 200, ""),
    ("GET", "/of/acme/deep/leaf/5"): ("/of/{tenant}/deep/leaf/{number:int}", 200, ""),
    ("GET", "/boom"): ("/boom", 500, f"{APPS}.fastapi_app.Trouble"),
    ("GET", "/forbidden"): ("/forbidden", 403, ""),
    ("GET", "/stream/whole"): ("/stream/{name}", 200, ""),
    ("GET", "/docs"): ("/docs", 200, ""),
    ("GET", "/no/such/path"): ("(unmatched)", 404, ""),
}
STARLETTE = {
    ("GET", "/leaf/5"): ("/leaf/{number:int}", 200, ""),
    ("POST", "/leaf/5"): ("/leaf/{number:int}", 405, ""),
    ("GET", "/leaf/word"): ("(unmatched)", 404, ""),
}
PLAIN = {("GET", "/a/1"): ("/a", 200, ""), ("PUT", "/a/2"): ("/a", 200, ""), ("BREW", "/b"): ("/b", 200, "")}
UNNAMED = {("GET", "/a/1"): ("(unmatched)", 200, "")}

CASES = [
    ("gunicorn", "flask_app:app", FLASK, ("--workers", "2")),
    (
        "gunicorn",
        "flask_app:app",
        FLASK,
        ("--workers", "2", "--preload", "--worker-class", "gthread", "--threads", "4"),
    ),
    ("gunicorn", "flask_app:app", FLASK, ("--worker-class", "gevent")),
    ("werkzeug", "flask_app:app", FLASK, ()),
    ("gunicorn", "django_app:wsgi", DJANGO, ("--workers", "2")),
    ("uvicorn", "django_app:asgi", DJANGO, ("--lifespan", "off")),
    ("uvicorn", "fastapi_app:app", FASTAPI, ()),
    ("uvicorn", "fastapi_app:app", FASTAPI, ("--workers", "2")),
    ("uvicorn", "fastapi_app:star", STARLETTE, ()),
    ("gunicorn", "plain_app:wsgi", PLAIN, ()),
    ("gunicorn", "plain_app:unnamed", UNNAMED, ()),
    ("uvicorn", "plain_app:asgi", PLAIN, ("--lifespan", "off")),
]


@pytest.mark.parametrize(
    ("server", "app", "wanted", "more"), CASES, ids=[" ".join([case[0], case[1], *case[3]]) for case in CASES]
)
def test_each_request_is_counted_under_its_route(
    server: str, app: str, wanted: dict, more: tuple[str, ...], tmp_path: Path
) -> None:
    times = 3
    with collecting() as found, serving(server, app, found.url, tmp_path, *more) as served:
        for _ in range(times):
            for (method, path), (_, status, _) in wanted.items():
                assert served.call(method, path).status == status, path
        expected: Counter = Counter()
        for (method, _), (route, status, error) in wanted.items():
            expected[route, "_OTHER" if method == "BREW" else method, status, error] += times
        found.wait_for(expected.total())
        assert found.series() == expected
        assert found.wrong == []
        raised = Counter({(route, method, error): times for (method, _), (route, _, error) in wanted.items() if error})
        until(lambda: found.raised().total() >= raised.total())
        assert found.raised() == raised
        for event in found.exceptions():
            assert [frame for frame in event["frames"] if frame["in_app"]], event
            assert not [frame for frame in event["frames"] if frame["module"].startswith("gatehouse_client")]
            assert event["frames"][-1]["source"].strip().startswith("raise ")
        for event in found.requests_told():
            assert sum(event["buckets"].values()) == event["hits"]
            assert 0 < event["seconds_min"] <= event["seconds_sum"] / event["hits"] <= event["seconds_max"] < 60
        assert served.stop() in (0, -15)


def test_an_answer_that_breaks_off_names_its_error(tmp_path: Path) -> None:
    """Its status went out before."""
    with collecting() as found, serving("gunicorn", "flask_app:app", found.url, tmp_path) as served:
        served.try_call("/stream/broken")
        found.wait_for(1)
        assert found.series() == {("/stream/<name>", "GET", 200, f"{APPS}.flask_app.Trouble"): 1}
    with collecting() as found, serving("uvicorn", "fastapi_app:app", found.url, tmp_path) as served:
        served.try_call("/stream/broken")
        found.wait_for(1)
        assert found.series() == {("/stream/{name}", "GET", 200, f"{APPS}.fastapi_app.Trouble"): 1}


def test_service_and_version_are_told(tmp_path: Path) -> None:
    with collecting() as found, serving("gunicorn", "flask_app:app", found.url, tmp_path) as served:
        served.call("GET", "/status")
        found.wait_for(1)
        [event] = found.requests_told()
        assert (event["kind"], event["service"], event["version"]) == ("endpoint", "flask-shop", "7")
