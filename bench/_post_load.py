"""A closed loop of POSTs over keep-alive connections, light enough not to be what is measured.

`python -m bench._post_load PORT CONNECTIONS SECONDS BODIES_FILE` prints JSON: requests a second, latencies in ms.
Each line of the file is one body; every connection starts somewhere else in it. An answer that is not 200 ends the run.
"""

import json
import socket
import sys
import threading
import time
from pathlib import Path

PATH = "/api/v1/ml/predict/fraud"
TOKEN = "the-token-of-this-benchmark-0123456789"  # tells our service who asks; the peer does not look


def connection(port: int, bodies: list[bytes], until: float, took: list[float]) -> None:
    """Post one body after another until `until` (monotonic); appends seconds to `took`."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        while (start := time.perf_counter()) < until:
            body = bodies[number % len(bodies)]
            number += 1
            link.sendall(
                b"POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (PATH.encode(), TOKEN.encode(), len(body), body)
            )
            answer = link.recv(65536)
            while b"\r\n\r\n" not in answer:
                answer += link.recv(65536)
            head, _, rest = answer.partition(b"\r\n\r\n")
            if b" 200 " not in head[:16]:
                raise SystemExit(f"answer: {answer[:300]!r}")
            missing = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(rest)
            while missing > 0:
                missing -= len(link.recv(missing))
            took.append(time.perf_counter() - start)


def main(port: int, connections: int, seconds: float, bodies: list[bytes]) -> dict[str, float]:
    """Drive all connections; figures of the whole run."""
    took: list[float] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(
            target=connection,
            args=(port, bodies[i * 997 % len(bodies) :] + bodies[: i * 997 % len(bodies)], begun + seconds, took),
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
        "per_second": round(len(took) / elapsed, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 2),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 2),
    }


if __name__ == "__main__":
    found = main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]).read_bytes().splitlines())
    print(json.dumps(found))
