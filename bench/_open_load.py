"""Poisson arrivals: `python -m bench._open_load PORT RATE SECONDS BODIES_FILE SEED` prints JSON, latencies in ms.

Each request is sent when it is due, whatever became of those before, over a connection that is free then; latency
counts from the moment it was due. An answer that is not 200 ends the run.
"""

import json
import selectors
import socket
import sys
import time
from pathlib import Path

import numpy as np

from bench._post_load import SCORE, complete, request


def main(port: int, rate: float, seconds: float, bodies: list[bytes], seed: int) -> dict[str, object]:
    """Drive it; `late_ms` is how far behind its own plan the sender was at worst."""
    due = np.cumsum(np.random.default_rng(seed).exponential(1 / rate, int(rate * seconds) + 1)).tolist()
    watch = selectors.DefaultSelector()
    idle: list[socket.socket] = []
    busy: dict[socket.socket, tuple[int, bytearray]] = {}
    took = [0.0] * len(due)
    number, behind, begun = 0, 0.0, time.perf_counter() + 0.2
    while number < len(due) or busy:
        now = time.perf_counter() - begun
        while number < len(due) and due[number] <= now:
            link = idle.pop() if idle else _connect(port, watch)
            behind = max(behind, now - due[number])
            link.sendall(request(SCORE, bodies[number % len(bodies)]))
            busy[link] = (number, bytearray())
            number += 1
        pause = max(0.0, due[number] - (time.perf_counter() - begun)) if number < len(due) else 1.0
        for key, _ in watch.select(pause):
            link = key.fileobj  # type: ignore[assignment]
            which, answer = busy[link]
            piece = link.recv(65536)
            if not piece:
                raise SystemExit("the server closed a connection")
            answer += piece
            if complete(bytes(answer)):
                took[which] = (time.perf_counter() - begun - due[which]) * 1000
                del busy[link]
                idle.append(link)
    return {"latencies_ms": [round(value, 3) for value in took], "late_ms": round(behind * 1000, 3)}


def _connect(port: int, watch: selectors.BaseSelector) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    watch.register(link, selectors.EVENT_READ)
    return link


if __name__ == "__main__":
    lines = Path(sys.argv[4]).read_bytes().splitlines()
    print(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), lines, int(sys.argv[5]))))
