"""Clients that are slow on purpose, against a worker with two threads: nobody else waits for them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from stack.ports import find_free
from tests.tree import ROOT
from tests.waiting import until

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"
SLOW = {
    "silent": b"",
    "slow head": b"GET /a HTTP/1.1\r\nHost:",
    "slow body": POST + b"Content-Length: 100\r\n\r\nx",
    "slow chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n40\r\nx",
    "waits for 100": POST + b"Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    "does not read": b"GET /answer/20000000 HTTP/1.1\r\nHost: x\r\n\r\n",
    "reads nothing of several": b"GET /answer/300000 HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
}
WORKERS = {"Whole": "core.web.worker.WholeWorker", "Patient": "core.web.patient.PatientWorker"}
Start = Callable[..., "Server"]


class Server:
    """Gunicorn with one worker and two threads, unless told otherwise."""

    def __init__(
        self, folder: Path, worker: str, variables: dict[str, str], threads: int, limits: dict[str, object]
    ) -> None:
        config = folder / "config"
        shutil.copytree(ROOT / "config", config)
        text = (config / "limits.toml").read_text()
        for name, value in limits.items():
            text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {json.dumps(value)}", text)
            assert found == 1
        (config / "limits.toml").write_text(text)
        self.port = find_free()
        options = ["--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--threads", str(threads)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--worker-class", worker, *options, "tests.serving_app:app"],
            cwd=ROOT,
            env={**os.environ, "GATEHOUSE_CONFIG": str(config), **variables},
        )
        assert until(self._answers)

    def connect(self, first: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        """A connection on which `first` was sent."""
        link = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
        link.sendall(first)
        return link

    def ask(self, request: bytes = GET) -> dict[str, Any]:
        """What the application says of a request on a connection of its own."""
        with self.connect(request) as link:
            return told(link)

    def _answers(self) -> bool:
        try:
            return bool(self.ask())
        except OSError:
            return False


def told(link: socket.socket) -> dict[str, Any]:
    """The body of the next answer, which has a length."""
    head, body = answer(link)
    assert b" 200 " in head
    found: dict[str, Any] = json.loads(body)
    return found


def answer(link: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next answer; empty at the end of the connection."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = link.recv(1)
        if not piece:
            return got, b""
        got += piece
    if got.startswith(b"HTTP/1.1 100"):
        return got, b""
    size = int(re.findall(rb"(?i)content-length: (\d+)", got)[0])
    body = bytearray()
    while len(body) < size and (piece := link.recv(size - len(body))):
        body += piece
    return got, bytes(body)


def gone(link: socket.socket) -> bool:
    """Whether the server has closed a connection on which it says nothing."""
    link.settimeout(0.1)
    try:
        return link.recv(1) == b""
    except TimeoutError:
        return False


def closed(link: socket.socket) -> bytes:
    """What still came until the server closed."""
    got = b""
    try:
        while piece := link.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server; all are ended after the test."""
    with ExitStack() as stack:

        def begin(
            worker: str = "Whole", variables: dict[str, str] | None = None, threads: int = 2, **limits: object
        ) -> Server:
            server = Server(tmp_path, WORKERS[worker], variables or {}, threads, limits)
            stack.callback(server.process.wait, 30)
            stack.callback(server.process.terminate)
            return server

        yield begin


@pytest.mark.parametrize("worker", ["Whole", "Patient"])
def test_slow_clients_of_every_kind_hold_no_thread(start: Start, worker: str) -> None:
    server = start(worker)
    with ExitStack() as stack:
        for kind in SLOW:
            for _ in range(6):
                stack.enter_context(server.connect(SLOW[kind]))
            assert server.ask()["method"] == "GET", kind
        with server.connect() as link:
            for _ in range(5):
                link.sendall(POST + b"Content-Length: 3\r\n\r\nabc")
                assert told(link)["size"] == 3


def test_500_slow_clients_cost_the_others_little(start: Start) -> None:
    server = start()

    def p95() -> float:
        took = []
        with server.connect() as link:
            for _ in range(400):
                begun = time.perf_counter()
                link.sendall(GET)
                told(link)
                took.append(time.perf_counter() - begun)
        return sorted(took)[int(len(took) * 0.95)]

    alone = max(p95() for _ in range(3))
    with ExitStack() as stack:
        slow = [value for kind, value in SLOW.items() if "read" not in kind]
        for number in range(500):
            stack.enter_context(server.connect(slow[number % len(slow)]))
        crowded = min(p95() for _ in range(3))
    assert crowded <= 5 * alone


def test_who_drips_is_told_and_closed(start: Start) -> None:
    server = start(head_seconds=1, body_seconds=1, answer_seconds=1)
    links = {kind: server.connect(first) for kind, first in SLOW.items()}
    over = {kind: False for kind in links if "read" not in kind}

    def drip() -> None:
        for kind in [kind for kind, done in over.items() if not done and kind != "silent"]:
            try:
                links[kind].sendall(b"x")
            except OSError:
                over[kind] = True
        time.sleep(0.2)

    assert until(lambda: all(done for kind, done in over.items() if kind != "silent"), look=drip)
    assert closed(links["silent"]) == b""
    fresh = server.connect(SLOW["slow head"]), server.connect(SLOW["slow body"])
    assert all(closed(link).startswith(b"HTTP/1.1 408 ") for link in fresh)
    assert len(closed(links["does not read"])) < 20_000_000
    for link in (*links.values(), *fresh):
        link.close()


def test_who_keeps_the_least_rate_may_take_its_time(start: Start) -> None:
    server = start(head_seconds=1, body_seconds=1, answer_seconds=2, least_bytes_per_second=100)
    with server.connect(POST + b"Content-Length: 2000\r\n\r\n") as link:
        for _ in range(20):
            time.sleep(0.1)
            link.sendall(b"x" * 100)
        assert told(link)["size"] == 2000
        link.sendall(b"GET /answer/9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        left = 9_000_000
        while left > 0 and (piece := link.recv(200_000)):
            left -= len(piece)
            time.sleep(0.02)
        assert left <= 0


def test_the_application_never_hears_of_a_request_that_does_not_come_whole(start: Start) -> None:
    server = start()
    before = server.ask()["served"]
    for kind in ("slow head", "slow body", "slow chunks"):
        server.connect(SLOW[kind]).close()
    assert server.ask()["served"] == before + 1


def test_an_address_has_a_bound_and_its_newest_connection_is_served(start: Start) -> None:
    server = start(threads=1, per_address=4, allow_networks=[])
    with ExitStack() as stack:
        idle = stack.enter_context(server.connect(GET))
        told(idle)
        server.ask()  # by the same thread, so it is done with the first, which is idle from now on
        slow = [stack.enter_context(server.connect(SLOW["slow body"])) for _ in range(3)]
        assert until(lambda: server.ask() and gone(idle)), "an idle one goes first"
        slow.append(stack.enter_context(server.connect(SLOW["slow body"])))
        assert until(lambda: server.ask() and gone(slow[0])), "then the oldest slow one"
        elsewhere = stack.enter_context(server.connect(SLOW["slow body"], "127.0.0.2"))
        assert told(stack.enter_context(server.connect(GET, "127.0.0.2")))
        elsewhere.sendall(b"x" * 99)
        assert told(elsewhere)["size"] == 100


def test_behind_a_trusted_proxy_the_client_counts_and_not_the_proxy(start: Start) -> None:
    server = start(per_address=2, allow_networks=[], trusted_proxies=["127.0.0.1/32"])

    def slow(client: str) -> socket.socket:
        return server.connect(POST + f"X-Forwarded-For: {client}\r\nContent-Length: 100\r\n\r\nx".encode())

    with ExitStack() as stack:
        others = [stack.enter_context(slow(f"192.0.2.{number}")) for number in range(1, 9)]
        one = [stack.enter_context(slow("198.51.100.7")) for _ in range(3)]
        assert closed(one[0]) == b""
        for link in (*others, *one[1:]):
            link.sendall(b"x" * 99)
            assert told(link)["size"] == 100


def test_a_stopping_worker_finishes_what_was_begun(start: Start) -> None:
    server = start()
    with server.connect(POST + b"Content-Length: 6\r\n\r\nabc") as slow, server.connect(GET) as idle:
        told(idle)
        server.process.send_signal(signal.SIGTERM)
        assert closed(idle) == b""
        slow.sendall(b"def")
        assert told(slow)["size"] == 6
    assert server.process.wait(30) == 0


def test_a_full_worker_makes_room(start: Start) -> None:
    server = start(variables={"GUNICORN_CMD_ARGS": "--worker-connections 20"})
    with ExitStack() as stack:
        for number in range(60):
            stack.enter_context(server.connect(list(SLOW.values())[number % 4]))
        assert server.ask()


def test_a_large_answer_arrives_whole_and_bodies_over_the_bound_are_refused(start: Start) -> None:
    server = start()
    with server.connect() as link:
        for size in (0, 1, 65_536, 65_537, 12_345_678):
            link.sendall(b"GET /answer/%d HTTP/1.1\r\nHost: x\r\n\r\n" % size)
            assert answer(link)[1] == b"x" * size
        link.sendall(b"POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        assert told(link)["size"] == 3_000_000
    for framing in (b"Content-Length: 3000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2DC6C0\r\n"):
        with server.connect(POST + framing + b"x" * 100_000) as link:
            assert answer(link)[0].startswith(b"HTTP/1.1 413 ")


def test_100_continue_is_sent_once_and_only_for_a_body_that_is_wanted(start: Start) -> None:
    server = start()
    for request, first in ((b"3", b"HTTP/1.1 100 "), (b"3000000", b"HTTP/1.1 413 ")):
        with server.connect(POST + b"Expect: 100-continue\r\nContent-Length: " + request + b"\r\n\r\n") as link:
            assert answer(link)[0].startswith(first)
            if request == b"3":
                link.sendall(b"abc")
                assert told(link)["size"] == 3


def test_nobody_smuggles_a_second_request(start: Start) -> None:
    server = start()
    hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    framings = (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 33\r\n\r\n",
        b"Content-Length: 0, 33\r\n\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\n;\r\na\r\n0\r\n\r\n",
        b"X: y\r\n Content-Length: 3\r\n\r\n",
        b"X: y\rContent-Length: 3\r\n\r\n",
        b"X: y\nContent-Length: 3\r\n\r\n",
    )
    for framing in framings:
        with server.connect(POST + framing + hidden) as link:
            got = closed(link)
            assert re.match(rb"HTTP/1\.1 (400|501) ", got), framing
            assert b"hidden" not in got, framing


def test_requests_behind_one_another_are_answered_in_their_order(start: Start) -> None:
    server = start("Patient")
    with server.connect((GET + POST + b"Content-Length: 2\r\n\r\nab") * 20 + b"GET /last HTTP/1.0\r\n\r\n") as link:
        found = [told(link) for _ in range(41)]
        assert [one["size"] for one in found] == [0, 2] * 20 + [0]
        assert found[-1]["path"] == "/last"
        assert closed(link) == b""


@pytest.mark.parametrize("worker", ["Whole", "Patient"])
def test_a_worker_whose_loop_ends_in_any_way_is_replaced_at_once(start: Start, worker: str) -> None:
    """Its threads wait for requests, and must not keep the process until the arbiter misses it."""
    server = start(worker, variables={"GUNICORN_CMD_ARGS": "--timeout 600"})
    first = server.ask()["process"]
    server.connect(b"GET /abort HTTP/1.1\r\nHost: x\r\n\r\n").close()
    assert until(lambda: not running(first))
    assert until(lambda: server._answers() and server.ask()["process"] != first)


def running(process: int) -> bool:
    """Whether a process is there, and has not ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_a_worker_holds_no_more_connections_than_it_may(start: Start) -> None:
    server = start(head_seconds=600, variables={"GUNICORN_CMD_ARGS": "--worker-connections 30"})
    with ExitStack() as stack:
        links = [stack.enter_context(server.connect(SLOW["slow head"])) for _ in range(60)]
        assert until(lambda: sum(gone(link) for link in links) >= len(links) - 30)
        assert server.ask()


@pytest.mark.parametrize("worker", ["Whole", "Patient"])
@pytest.mark.parametrize("proxies", [[], ["127.0.0.1/32"]], ids=["alone", "behind a proxy"])
def test_no_request_is_lost_whenever_the_next_one_comes(start: Start, worker: str, proxies: list[str]) -> None:
    """In one piece, in two, before the answer to the one before, or with it: each is answered once, in its order."""
    server = start(worker, threads=4, trusted_proxies=proxies)

    def talk(number: int) -> tuple[list[str], list[str]]:
        random, sent, found = Random(number), list[str](), list[str]()
        with server.connect() as link:
            while len(sent) < 150:
                asked = [f"/{number}/{len(sent) + place}" for place in range(random.choice((1, 1, 2, 3)))]
                heads = [
                    f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.{number}\r\n\r\n" for path in asked
                ]
                text = "".join(heads).encode()
                cut = random.choice((0, 9, len(heads[0]), len(heads[0]) + 9))
                for piece in filter(None, (text[:cut], text[cut:])):
                    link.sendall(piece)
                    time.sleep(random.choice((0, 0, 0.0003, 0.001)))
                sent += asked
                found += [told(link)["path"] for _ in asked]
        return sent, found

    with ThreadPoolExecutor(12) as pool:
        for sent, found in pool.map(talk, range(12)):
            assert found == sent
