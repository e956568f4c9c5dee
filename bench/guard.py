"""What tokens and limits add to a request: the scoring service's short way, with and without them, in one process.

Counted requests come from addresses outside the allowed networks, so each pays its trip to Redis under the shipped
limit of an address. The scoring itself is real (a small model, durable in the stream). Our own network (loopback here)
is not counted and pays for the token alone.
"""

import dataclasses
import io
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from bench import harness
from bench.scoring import prepare
from core.settings import load
from ml.serve.app import create

RUNS, REQUESTS = 7, 400
TOKEN = "the-token-of-this-benchmark-0123456789"
GOAL = 0.5
FAR = [f"203.0.113.{number}" for number in range(1, 255)]
NEAR = ["127.0.0.1"]


def main() -> int:
    """Run the three cases in turn; 0 when the guard adds less than half of a scoring request."""
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        bodies = prepare(Path(folder), database_url, redis_url).read_bytes().splitlines()
        environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": folder}
        known = load({**environ, "GATEHOUSE_INTERNAL_TOKEN": TOKEN})
        limits = msgspec.structs.replace(known.config.limits, global_per_minute=10**6)
        known = dataclasses.replace(known, config=msgspec.structs.replace(known.config, limits=limits))
        cases = {
            "bare": (create(dataclasses.replace(known, auth=False)), NEAR),
            "token": (create(known), NEAR),
            "token and limit": (create(known), FAR),
        }
        found: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
        for _ in range(RUNS):
            for name, (app, addresses) in cases.items():
                found[name].append(measure(app.wsgi_app, addresses, bodies))
        for app, _ in cases.values():
            app.extensions["serving"].stop()
            app.close()
    middle = {name: statistics.median(run["wall_us"] for run in runs) for name, runs in found.items()}
    for name in ("token", "token and limit"):
        added = middle[name] - middle["bare"]
        print(f"{name}: adds {added:.0f} us to {middle['bare']:.0f} us, {added / middle['bare']:.1%}")
    share = middle["token and limit"] / middle["bare"] - 1
    print(f"runs: {found}")
    print(f"share of a scoring request: {share:.1%} (goal {GOAL:.0%}) {'met' if share <= GOAL else 'NOT MET'}")
    return 0 if share <= GOAL else 1


def measure(application: Any, addresses: list[str], bodies: list[bytes]) -> dict[str, float]:
    """Microseconds a request, after a few unmeasured ones."""
    for number in range(20):
        ask(application, addresses[-1 - number % len(addresses)], bodies[number])
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(REQUESTS):
        ask(application, addresses[number % len(addresses)], bodies[number % len(bodies)])
    return {
        "wall_us": round((time.perf_counter() - wall) / REQUESTS * 1e6, 1),
        "cpu_us": round((time.process_time() - cpu) / REQUESTS * 1e6, 1),
    }


def ask(application: Any, address: str, body: bytes) -> None:
    """One POST, as gunicorn hands it over."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/predict",
        "QUERY_STRING": "",
        "SERVER_NAME": "bench",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    answered: list[str] = []
    b"".join(application(environ, lambda status, headers, _=None: answered.append(status)))
    if answered != ["200 OK"]:
        raise SystemExit(f"answer: {answered}")
