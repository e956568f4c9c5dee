"""A closed loop of POSTs over keep-alive connections, light enough not to be what is measured.

`python -m bench._post_load PORT CONNECTIONS SECONDS BODIES_FILE [PATH]` prints JSON: requests a second, latencies in
ms. Each line of the file is one body; every connection starts somewhere else in it. An answer that is not 2xx ends the
run.
"""

import json
import socket
import sys
import threading
import time
from pathlib import Path

SCORE = "/api/v1/ml/predict/fraud"
TOKEN = "the-token-of-this-benchmark-0123456789"  # tells our service who asks; the peer does not look


def request(path: str, body: bytes) -> bytes:
    """One POST."""
    return (
        b"POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (path.encode(), TOKEN.encode(), len(body), body)
    )


def complete(answer: bytes) -> bool:
    """Whether an answer is there whole. Raises SystemExit when it is not 2xx."""
    head, ended, rest = answer.partition(b"\r\n\r\n")
    if ended and b" 2" not in head[:10]:
        raise SystemExit(f"answer: {answer[:300]!r}")
    return bool(ended) and len(rest) >= int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])


def connection(port: int, bodies: list[bytes], until: float, took: list[float], path: str = SCORE) -> None:
    """Post one body after another until `until` (monotonic); appends seconds to `took`."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        while (start := time.perf_counter()) < until:
            link.sendall(request(path, bodies[number % len(bodies)]))
            number += 1
            answer = b""
            while not complete(answer):
                piece = link.recv(65536)
                if not piece:
                    raise SystemExit("the server closed a connection")
                answer += piece
            took.append(time.perf_counter() - start)


def main(port: int, connections: int, seconds: float, bodies: list[bytes], path: str = SCORE) -> dict[str, float]:
    """Drive all connections; figures of the whole run."""
    took: list[float] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(
            target=connection,
            args=(port, bodies[i * 997 % len(bodies) :] + bodies[: i * 997 % len(bodies)], begun + seconds, took, path),
        )
        for i in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    took.sort()
    return {
        "requests": len(took),
        "per_second": round(len(took) / elapsed, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 2),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 2),
    }


if __name__ == "__main__":
    lines = Path(sys.argv[4]).read_bytes().splitlines()
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), lines, *sys.argv[5:6])))
