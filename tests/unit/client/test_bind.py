"""Binding never breaks an application: not by a wrong setting, not twice, not by an error of our own."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gatehouse_client
import pytest
from fastapi import FastAPI
from flask import Flask
from gatehouse_client.asgi import AsgiRecorder
from gatehouse_client.reporter import Reporter, Source
from gatehouse_client.wsgi import WsgiRecorder

TO: dict[str, Any] = {"url": "http://127.0.0.1:9", "token": "gate_x", "interval": 3600.0}


@pytest.fixture
def source() -> Iterator[Source]:
    """A source whose thread is never started."""
    reporter = Reporter("http://127.0.0.1:9", "gate_x")
    reporter.running = True
    yield reporter.source("shop", "")
    empty(reporter)


@pytest.fixture(autouse=True)
def _nothing_to_send_at_exit() -> Iterator[None]:
    yield
    for reporter in gatehouse_client._reporters.values():
        empty(reporter)


def empty(reporter: Reporter) -> None:
    for source in reporter.sources:
        source.fold.take()


def keys(source: Source) -> list[tuple[str, str, int, str]]:
    return [(key.route, key.method, key.status, key.error_type) for key, _ in source.fold.take()]


def call(app: Any, path: str = "/", **environ: Any) -> list[bytes]:
    answer = app({"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}, lambda *_: None)
    try:
        return list(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()


@pytest.mark.parametrize(
    "wrong", [{"url": ""}, {"token": ""}, {"url": "ftp://x"}, {"url": "http://"}, {"url": "nonsense"}]
)
def test_without_an_address_or_a_token_the_application_stays_as_it_is(
    wrong: dict[str, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GATEHOUSE_URL", "GATEHOUSE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    app = Flask(__name__)
    before = app.wsgi_app
    with caplog.at_level(logging.WARNING):
        assert gatehouse_client.bind(app, **{**TO, **wrong}) is app
    assert app.wsgi_app == before
    assert "nothing is recorded" in caplog.text


def test_what_cannot_be_bound_is_given_back_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        @property
        def wsgi_app(self) -> None:
            raise RuntimeError("odd")

    app = Odd()
    with caplog.at_level(logging.WARNING):
        assert gatehouse_client.bind(app, **TO) is app
    assert "could not be bound" in caplog.text


def test_an_application_is_bound_once() -> None:
    flask, fast = Flask(__name__), FastAPI()
    for _ in range(2):
        assert gatehouse_client.bind(flask, **TO) is flask
        assert gatehouse_client.bind(fast, **TO) is fast
    assert isinstance(flask.wsgi_app, WsgiRecorder)
    assert not isinstance(flask.wsgi_app._app, WsgiRecorder)
    assert [held.cls for held in fast.user_middleware] == [AsgiRecorder]
    plain = gatehouse_client.bind(lambda environ, start: [], **TO)
    assert gatehouse_client.bind(plain, **TO) is plain


def test_an_error_of_ours_is_counted_and_nobody_notices(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bool:
        raise RuntimeError("ours")

    monkeypatch.setattr(source.fold, "add", broken)
    app = WsgiRecorder(lambda environ, start: (start("200 OK", []), [b"fine"])[1], source, broken)
    assert call(app) == [b"fine"]
    plain = WsgiRecorder(lambda environ, start: (start("200 OK", []), [b"fine"])[1], source)
    assert call(plain) == [b"fine"]
    assert source._reporter.faults == 2


def test_what_the_application_raises_is_raised_and_counted(source: Source) -> None:
    def boom(environ: Any, start: Any) -> Any:
        raise LookupError("its own")

    with pytest.raises(LookupError):
        call(WsgiRecorder(boom, source))
    assert keys(source) == [("(unmatched)", "GET", 500, "LookupError")]


def test_start_response_gets_what_the_application_gave(source: Source) -> None:
    given: list[Any] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        start("500 Oh", [("X", "y")], ("kind", "value", None))
        return [b""]

    WsgiRecorder(app, source)({"REQUEST_METHOD": "GET"}, lambda *told: given.append(told))
    assert given == [("500 Oh", [("X", "y")], ("kind", "value", None))]


def test_a_file_wrapper_and_a_list_reach_the_server_as_they_are(source: Source) -> None:
    class Wrapper:
        def __iter__(self) -> Any:
            return iter([b"file"])

    wrapped, listed = Wrapper(), [b"a"]
    for answer in (wrapped, listed):
        app = WsgiRecorder(lambda environ, start, answer=answer: (start("200 OK", []), answer)[1], source)
        assert app({"REQUEST_METHOD": "GET", "wsgi.file_wrapper": Wrapper}, lambda *_: None) is answer
    assert keys(source) == [("(unmatched)", "GET", 200, "")]


def test_an_answer_that_is_read_late_is_recorded_when_it_is_closed_and_once(source: Source) -> None:
    class Body:
        closed = 0

        def __iter__(self) -> Any:
            return iter([b"a", b"b"])

        def close(self) -> None:
            self.closed += 1

    inner = Body()
    body = WsgiRecorder(lambda environ, start: (start("200 OK", []), inner)[1], source)(
        {"REQUEST_METHOD": "GET"}, lambda *_: None
    )
    assert list(body) == [b"a", b"b"]
    assert source.fold.hits == 0
    body.close()
    body.close()
    assert (inner.closed, source.fold.hits) == (2, 1)


def run(app: Any, scope: dict[str, Any], *received: dict[str, Any]) -> list[dict[str, Any]]:
    """What an ASGI application sends; in a thread of its own, as the browser's driver may hold this one's loop."""
    sent: list[dict[str, Any]] = []
    waiting = list(received)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return sent


def test_what_is_no_request_passes_untouched(source: Source) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": f"{scope['type']}.accept", "scope": dict(scope)})

    assert run(AsgiRecorder(app, source), {"type": "websocket"}) == [
        {"type": "websocket.accept", "scope": {"type": "websocket"}}
    ]
    assert source.fold.hits == 0


def test_a_caller_that_leaves_before_there_is_a_status_is_none(source: Source) -> None:
    async def gone(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    async def boom(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("its own")

    for app, error in ((gone, asyncio.CancelledError), (boom, LookupError)):
        with pytest.raises(error):
            run(AsgiRecorder(app, source), {"type": "http", "method": "GET"})
    assert sorted(keys(source)) == [
        ("(unmatched)", "GET", 0, "asyncio.exceptions.CancelledError"), ("(unmatched)", "GET", 500, "LookupError"),
    ]  # fmt: skip


def test_the_status_of_all_applications_is_one() -> None:
    app = gatehouse_client.bind(lambda environ, start: (start("200 OK", []), [b""])[1], service="sum", **TO)
    before = gatehouse_client.status()
    call(app)
    now = gatehouse_client.status()
    assert (now.recorded - before.recorded, now.waiting - before.waiting, now.lost, now.faults) == (1, 1, 0, 0)
