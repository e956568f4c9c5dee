"""When a request is whole: however its bytes are cut, and with bodies that are wrong in every way."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import (
    ChunkMissingTerminator,
    InvalidChunkExtension,
    InvalidChunkSize,
    InvalidHeader,
    InvalidRequestLine,
    LimitRequestHeaders,
    LimitRequestLine,
    ObsoleteFolding,
)

from core.web.flat_config import FlatConfig
from core.web.intake import Intake, TooLarge
from core.web.spool import IN_MEMORY, Full, Room, Spool

HEAD = b"POST /a HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\n"
WHOLE = {
    b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n": b"",
    b"\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n": b"",
    b"GET /a HTTP/1.0\r\n\r\n": b"",
    HEAD + b"Content-Length: 0\r\n\r\n": b"",
    HEAD + b"Content-Length: 6\r\n\r\nab\r\n\r\n": b"ab\r\n\r\n",
    CHUNKED + b"0\r\n\r\n": b"",
    CHUNKED + b"3\r\nabc\r\n2;name=value\r\n\r\n\r\n0\r\n\r\n": b"abc\r\n",
    CHUNKED + b"0003 ;a\r\nabc\r\n0\r\nChecksum: 1\r\nOther: 2\r\n\r\n": b"abc",
}
WRONG = {
    b"GET /a HTTP/1.1\nHost: x\n\n": InvalidRequestLine,
    b"GET /a HTTP/1.1\r\nHost: x\nA: b": InvalidHeader,
    b"GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\n": ObsoleteFolding,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": InvalidRequestLine,
    b"\r\n\r\n": InvalidRequestLine,
    b"GET /" + b"a" * 9000: LimitRequestLine,
    b"GET /a HTTP/1.1\r\n" + b"A: b\r\n" * 10_000: LimitRequestHeaders,
    HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": InvalidHeader,
    HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na": InvalidHeader,
    HEAD + b"Content-Length: -1\r\n\r\n": InvalidHeader,
    HEAD + b"Transfer-Encoding: gzip\r\n\r\n": InvalidHeader,
    b"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": InvalidHeader,
    CHUNKED + b"zz\r\n": InvalidChunkSize,
    CHUNKED + b"\r\n": InvalidChunkSize,
    CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n": InvalidChunkSize,
    CHUNKED + b"3\r\nabcd": ChunkMissingTerminator,
    CHUNKED + b"3\r\nabc\rx": ChunkMissingTerminator,
    CHUNKED + b"3;\x01\r\nabc\r\n0\r\n\r\n": InvalidChunkExtension,
    CHUNKED + b"1" * 9000: InvalidChunkSize,
    CHUNKED + b"FFFFFF\r\n": TooLarge,
    CHUNKED + b"1\r\na\r\n" * 20_000: InvalidChunkSize,
}


def intake(room: Room | None = None, most: int = 100_000) -> Intake:
    """One of gunicorn's usual settings."""
    return Intake(Config(), ("127.0.0.1", 1), room or Room(1 << 20), lambda _: most)


def read(pieces: Iterable[bytes]) -> tuple[Any, bytes, Intake]:
    """The request, its body, and what gathered it; fails when it is whole before its last byte."""
    found = intake()
    for piece in pieces:
        assert not found.whole
        found.feed(piece)
    request = found.take_request()
    return request, request.body.read(), found


@pytest.mark.parametrize("raw", WHOLE, ids=lambda raw: repr(raw[-24:]))
def test_a_request_is_whole_with_its_last_byte_however_it_is_cut(raw: bytes) -> None:
    for cut in range(1, len(raw)):
        request, body, _ = read([raw[:cut], raw[cut:]])
        assert (request.path, body) == ("/a", WHOLE[raw])
    assert read(raw[at : at + 1] for at in range(len(raw)))[1] == WHOLE[raw]


@pytest.mark.parametrize("raw", WHOLE, ids=lambda raw: repr(raw[-24:]))
def test_what_comes_behind_a_request_belongs_to_the_next(raw: bytes) -> None:
    _, body, found = read([raw + NEXT])
    assert (body, found.rest) == (WHOLE[raw], NEXT)


@pytest.mark.parametrize("raw", WRONG, ids=lambda raw: repr(raw[-24:]))
def test_what_is_wrong_is_refused_as_soon_as_it_is_seen(raw: bytes) -> None:
    for step in (len(raw), 1 if len(raw) < 200 else 1000):
        found = intake()
        for at in range(0, len(raw), step):
            found.feed(raw[at : at + step])
            if found.whole:
                break
        assert found.whole
        with pytest.raises(WRONG[raw]):
            found.take_request()


def test_a_body_over_the_bound_is_not_read_and_its_request_is_the_last() -> None:
    found = intake(most=10)
    found.feed(HEAD + b"Content-Length: 11\r\n\r\n")
    request = found.take_request()
    assert found.whole
    assert request.should_close()
    assert request.body.read() == b""


def test_a_large_body_waits_in_a_file_and_leaves_no_trace() -> None:
    room = Room(1 << 20)
    found = intake(room)
    found.feed(HEAD + b"Content-Length: 90000\r\n\r\n")
    for _ in range(9):
        found.feed(b"x" * 10_000)
    assert room.taken == 90_000 > IN_MEMORY
    assert found.take_request().body.read() == b"x" * 90_000
    found.close()
    assert room.taken == 0


def test_what_waits_is_bounded_over_all_connections() -> None:
    room = Room(1000)
    first, second = intake(room), intake(room)
    for one in (first, second):
        one.feed(HEAD + b"Content-Length: 900\r\n\r\n" + b"x" * 600)
    assert not first.whole
    assert second.whole
    with pytest.raises(Full):
        second.take_request()
    second.close()
    first.feed(b"x" * 300)
    assert len(first.take_request().body.read()) == 900


def test_a_full_disk_refuses_one_request_and_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(1 << 20)
    found = intake(room)
    found.feed(HEAD + b"Content-Length: 90000\r\n\r\n" + b"x" * 10)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    found.feed(b"x" * 80_000)
    assert found.whole
    with pytest.raises(Full, match="No space"):
        found.take_request()
    found.close()
    assert room.taken == 0


def test_the_application_never_reads_past_the_body() -> None:
    for raw, plain in WHOLE.items():
        request, _, _ = read([raw + NEXT])
        assert request.body.read(10) == b""
        request, body, _ = read([raw + json.dumps(list(range(9))).encode()])
        assert body == plain


def test_a_spool_gives_what_it_was_given() -> None:
    room = Room(1 << 20)
    spool = Spool(room)
    spool.write(b"abc")
    assert spool.read(2) == b"ab"
    spool.unread(1)
    spool.write(b"d" * IN_MEMORY)
    assert spool.read(3) == b"bcd"
    assert spool.left == IN_MEMORY - 1
    spool.close()
    assert room.taken == 0


def test_what_the_parser_is_told_is_what_gunicorn_is_configured_to() -> None:
    configured = Config()
    told = FlatConfig(configured)
    for name in configured.settings:
        assert getattr(told, name) == getattr(configured, name), name
    assert told.is_ssl == configured.is_ssl
    assert told.forwarded_allow_networks() == configured.forwarded_allow_networks()
    assert told.proxy_allow_networks() == configured.proxy_allow_networks()


@pytest.mark.parametrize(
    ("allowed", "client", "scheme"),
    [
        ("", ("127.0.0.1", 5000), "http"),
        ("127.0.0.1", ("127.0.0.1", 5000), "https"),
        ("10.0.0.0/8", ("127.0.0.1", 5000), "http"),
        ("*", ("203.0.113.7", 5000), "https"),
        ("", "", "https"),  # a socket of this machine: gunicorn believes whoever may open it
    ],
)
def test_only_a_trusted_proxy_says_how_the_client_came(allowed: str, client: Any, scheme: str) -> None:
    configured = Config()
    configured.set("forwarded_allow_ips", allowed)
    one = Intake(FlatConfig(configured), client, Room(1 << 20), lambda _: 1 << 20)
    one.feed(b"GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n\r\n")
    assert one.take_request().scheme == scheme
