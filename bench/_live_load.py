"""Open-loop operators: `python -m bench._live_load URL COOKIE OPERATORS SECONDS` prints JSON with latencies in ms.

Every operator asks when it is due, whatever happened to the others, with the cursor of its own last answer; latency
counts from the moment it was due, so a server that falls behind shows it. Bodies are read whole.
"""

import heapq
import json
import random
import re
import selectors
import socket
import sys
import time
import zlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

EVERY = 5.0
VERSION = re.compile(rb'"version":(\d+)')
LENGTH = re.compile(rb"content-length: (\d+)", re.I)


@dataclass(slots=True)
class Operator:
    """One keep-alive connection with its cursor."""

    link: socket.socket
    due: float
    cursor: int = 0
    waiting: bool = False
    answer: bytearray = field(default_factory=bytearray)


def connect(host: str, port: int) -> socket.socket:
    """A kept connection."""
    link = socket.create_connection((host, port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def main(url: str, cookie: str, operators: int, seconds: float) -> dict[str, object]:
    """Drive all operators; the first ask of each (the whole page) is not counted."""
    place = urlsplit(url)
    head = f" HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
    watch = selectors.DefaultSelector()
    everyone: dict[int, Operator] = {}
    opened = time.perf_counter()
    queue = [(opened + random.random() * EVERY, number) for number in range(operators)]
    heapq.heapify(queue)
    until = opened + EVERY + seconds
    took: list[float] = []
    sent = empty = 0
    failed: list[str] = []
    while (now := time.perf_counter()) < until:
        while queue[0][0] <= now:
            due, number = heapq.heappop(queue)
            heapq.heappush(queue, (due + EVERY * (0.9 + 0.2 * random.random()), number))
            if number not in everyone:  # connects when it first asks, as a browser does
                one = everyone[number] = Operator(connect(place.hostname or "", place.port or 80), due)
                watch.register(one.link, selectors.EVENT_READ, one)
            one = everyone[number]
            if one.waiting:
                failed.append("not answered before the next ask")
                continue
            one.due, one.waiting = due, True
            one.link.sendall(f"GET {place.path}?range=1h&since={one.cursor}{head}".encode())
        for key, _ in watch.select(max(queue[0][0] - time.perf_counter(), 0)):
            one = key.data
            piece = one.link.recv(262144)
            if not piece:
                raise SystemExit("the server closed a connection")
            one.answer += piece
            status, ended, body = bytes(one.answer).partition(b"\r\n\r\n")
            if not ended or len(body) < int((LENGTH.search(status) or [0, 0])[1]):
                continue
            if one.cursor:
                took.append((time.perf_counter() - one.due) * 1000)
                sent += len(one.answer)
            if b" 200 " in status[:16]:
                found = VERSION.search(zlib.decompressobj(31).decompress(body, 200))
                one.cursor = int(found[1]) if found else 0
            elif b" 304 " in status[:16]:
                empty += 1
            else:
                failed.append(status[:80].decode())
            one.answer.clear()
            one.waiting = False
    took.sort()
    return {
        "asked": len(took),
        "per_second": round(len(took) / seconds, 1),
        "not_modified": empty,
        "failed": len(failed),
        "failures": sorted(set(failed)),
        "kb_each": round(sent / max(len(took), 1) / 1000, 2),
        "p50_ms": round(took[len(took) // 2], 2),
        "p95_ms": round(took[int(len(took) * 0.95)], 2),
        "max_ms": round(took[-1], 2),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
