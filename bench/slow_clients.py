"""The scoring service while 500 clients are slow on purpose: p95 of the others against their p95 without them.

Goal: at most twice. A third of the slow say nothing, a third stop within the head and a third within the body; those
that the service closes come again. Runs with and without them alternate.
"""

import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import _post_load, harness
from bench.scoring import drive, middle, prepare

SLOW, CONNECTIONS, RUNS, SECONDS, GOAL = 500, 4, 3, 5.0, 2.0
HEAD = b"POST /api/v1/ml/predict/fraud HTTP/1.1\r\nHost: slow\r\n"
STARTS = (b"", HEAD, HEAD + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
LOOK_SECONDS = 0.5


def main() -> int:
    """Drive the service in turns; 0 when the goal is met."""
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": folder,
            "OMP_NUM_THREADS": "1",
            "GATEHOUSE_INTERNAL_TOKEN": _post_load.TOKEN,
        }
        bodies = prepare(Path(folder), database_url, redis_url)
        found: dict[str, list[dict[str, float]]] = {"alone": [], "crowded": []}
        with harness.gunicorn("ml.service:app", environ) as (port, _):
            for _ in range(RUNS):
                found["alone"].append(drive(port, CONNECTIONS, SECONDS, bodies))
                with crowd(port):
                    found["crowded"].append(drive(port, CONNECTIONS, SECONDS, bodies))
    ratio = middle(found["crowded"], "p95_ms") / middle(found["alone"], "p95_ms")
    for name, runs in found.items():
        print(f"{name}: {runs}")
    print(f"p95 with {SLOW} slow clients: {ratio:.2f} times (goal {GOAL:g}) {'met' if ratio <= GOAL else 'NOT MET'}")
    return 0 if ratio <= GOAL else 1


@contextmanager
def crowd(port: int) -> Iterator[None]:
    """Slow clients, as many as SLOW at any time."""
    over = threading.Event()
    links = [_slow(port, number) for number in range(SLOW)]

    def come_again() -> None:
        while not over.wait(LOOK_SECONDS):
            for number, link in enumerate(links):
                if _is_closed(link):
                    link.close()
                    links[number] = _slow(port, number)

    thread = threading.Thread(target=come_again)
    thread.start()
    yield
    over.set()
    thread.join()
    for link in links:
        link.close()


def _slow(port: int, number: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=10)
    link.sendall(STARTS[number % len(STARTS)])
    link.setblocking(False)
    return link


def _is_closed(link: socket.socket) -> bool:
    try:
        return link.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


if __name__ == "__main__":
    sys.exit(main())
