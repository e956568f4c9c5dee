"""Open-loop operators: `python -m bench._live_load URL COOKIE OPERATORS SECONDS` prints JSON with latencies in ms.

Every operator asks when it is due, whatever happened to the others, with the cursor of its own last answer; latency
counts from the moment it was due, so a server that falls behind shows it. Bodies are read whole and not unpacked.
"""

import gzip
import json
import random
import re
import selectors
import socket
import sys
import time
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


def main(url: str, cookie: str, operators: int, seconds: float) -> dict[str, float]:
    """Drive all operators; the first ask of each (the whole page) is not counted."""
    place = urlsplit(url)
    head = f" HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
    watch = selectors.DefaultSelector()
    begun = time.perf_counter()
    everyone = []
    for _ in range(operators):
        link = socket.create_connection((place.hostname or "", place.port or 80))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one = Operator(link, 0)
        watch.register(link, selectors.EVENT_READ, one)
        everyone.append(one)
    opened = time.perf_counter()
    for one in everyone:
        one.due = opened + random.random() * EVERY
    until, took, whole, empty, sent = opened + EVERY + seconds, [], 0, 0, 0
    failed: list[str] = []
    while (now := time.perf_counter()) < until:
        for one in everyone:
            if not one.waiting and one.due <= now:
                one.link.sendall(f"GET {place.path}?range=1h&since={one.cursor}{head}".encode())
                one.waiting = True
        for key, _ in watch.select(0.002):
            one = key.data
            one.answer += one.link.recv(262144)
            status, _, body = bytes(one.answer).partition(b"\r\n\r\n")
            if b"\r\n\r\n" not in one.answer or len(body) < int((LENGTH.search(status) or [0, 0])[1]):
                continue
            if one.cursor:
                took.append((time.perf_counter() - one.due) * 1000)
                sent += len(one.answer)
            if b" 200 " in status[:16]:
                found = VERSION.search(gzip.decompress(body)[:200])
                whole += one.cursor == 0
                one.cursor = int(found[1]) if found else 0
            elif b" 304 " in status[:16]:
                empty += 1
            else:
                failed.append(status[:80].decode())
            one.answer.clear()
            one.waiting = False
            one.due += EVERY * (0.9 + 0.2 * random.random())
    took.sort()
    return {
        "asked": len(took),
        "per_second": round(len(took) / seconds, 1),
        "not_modified": empty,
        "failed": len(failed),
        "late": sum(one.waiting for one in everyone),
        "kb_each": round(sent / max(len(took), 1) / 1000, 2),
        "p50_ms": round(took[len(took) // 2], 2),
        "p95_ms": round(took[int(len(took) * 0.95)], 2),
        "max_ms": round(took[-1], 2),
        "connect_seconds": round(opened - begun, 2),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
