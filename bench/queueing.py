"""The queueing model of docs/scaling.md against a simulation that shares none of it, and against the real service.

First M/M/c: the formulas beside a simulated queue. Then the scoring service on one worker: its service times are
measured with hardly any load, the model and the simulation say what Poisson arrivals would meet, and then they do.
Goal: formulas and simulation within 10 % of one another. How far the real service is from both is printed, not judged.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench import _limits, _post_load, harness
from bench._queueing import allen_cunneen, drawn, response_quantile, scv, simulate, utilisation_for
from bench.scoring import prepare
from core.settings import ROOT

COUNT = 400_000
GOAL = 0.10
LOADS = (0.3, 0.5, 0.7)
SECONDS = 12.0
APART = 100.0
LIMIT_S = 0.050
SERVERS = (1, 2, 4, 8, 16)


def main() -> int:
    """Exit code 1 when formulas and simulation part."""
    met = poisson()
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        bodies = prepare(Path(folder), database_url, redis_url)
        environ = {
            **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": folder,
            "OMP_NUM_THREADS": "1", "GATEHOUSE_INTERNAL_TOKEN": _post_load.TOKEN,
        }  # fmt: skip
        with harness.gunicorn("ml.service:app", environ) as (port, master):
            met = real(port, master, bodies) and met
    return 0 if met else 1


def poisson() -> bool:
    """M/M/c: Erlang's formula and the simulation, mean wait and its p95 in units of the mean service time."""
    print("M/M/c at utilisation 0.8: mean wait and p95 of the wait in service times, formula / simulation")
    met = True
    rng = np.random.default_rng(11)
    for servers in SERVERS:
        exact = allen_cunneen(0.8 * servers, 1.0, servers)
        waits = simulate(rng.exponential(1 / (0.8 * servers), COUNT), rng.exponential(1.0, COUNT), servers)[
            COUNT // 10 :
        ]
        errors = waits.mean() / exact.mean - 1, np.quantile(waits, 0.95) / exact.quantile(0.95) - 1
        fine = max(map(abs, errors)) <= GOAL
        print(f"  c = {servers}: {exact.mean:.3f} / {waits.mean():.3f} ({errors[0]:+.1%}), {exact.quantile(0.95):.3f} /"
              f" {np.quantile(waits, 0.95):.3f} ({errors[1]:+.1%}) {'met' if fine else 'NOT MET'}")  # fmt: skip
        met = met and fine
    return met


def real(port: int, master: int, bodies: Path) -> bool:
    """One worker under Poisson arrivals, beside what the model and the simulation say of it."""
    services, delay = service_times(port, master, bodies)
    mean, varied = float(services.mean()), scv(services)
    print(f"\nscoring service, one worker: a request holds it for {mean * 1e3:.2f} ms (scv {varied:.2f}) and takes"
          f" {delay * 1e3:.2f} ms more on its way")  # fmt: skip
    print("| utilisation | a second | mean ms: model, simulated, measured | p95 ms: model, simulated, measured |")
    print("|---|---|---|---|")
    met = True
    for load in LOADS:
        rate = load / mean
        wait = allen_cunneen(rate, mean, 1, 1.0, varied)
        waits, taken = drawn(rate, services, 1, COUNT, seed=5)
        answers = waits + taken
        found = arrive(port, rate, bodies)
        model = wait.mean + mean, response_quantile(wait, services, 0.95)
        simulated = float(answers.mean()), float(np.quantile(answers, 0.95))
        measured = float(found.mean()) - delay, float(np.quantile(found, 0.95)) - delay
        columns = [f"{a * 1e3:.2f}, {b * 1e3:.2f} ({b / a - 1:+.0%}), {c * 1e3:.2f} ({c / a - 1:+.0%})"
                   for a, b, c in zip(model, simulated, measured, strict=True)]  # fmt: skip
        print(f"| {load:.0%} | {rate:,.0f} | {columns[0]} | {columns[1]} |", flush=True)
        met = met and abs(wait.mean / float(waits.mean()) - 1) <= GOAL
    for servers in SERVERS:
        most = utilisation_for(LIMIT_S - delay, services, servers)
        print(f"p95 below {LIMIT_S * 1e3:.0f} ms with {servers} workers: utilisation up to {most:.1%},"
              f" {most * servers / mean:,.0f} a second")  # fmt: skip
    return met


def service_times(port: int, master: int, bodies: Path) -> tuple[np.ndarray, float]:
    """(seconds that each request holds the worker, seconds of an answer that do not).

    Requests come so far apart that none waits. What holds the worker is its CPU time a request, beyond what it does
    when nobody asks, with the spread of the answers; the rest of an answer is the network, Redis, threads that wake and
    the client, in which the worker can serve others. The slowest half percent of the answers are cut to the rest: on a
    shared machine those are somebody else's.
    """
    arrive(port, APART, bodies, seconds=2.0)
    idle = _limits.spent([master], lambda: time.sleep(4.0))
    before, begun = _limits.cpu_seconds([master]), time.perf_counter()
    answers = arrive(port, APART, bodies)
    took = time.perf_counter() - begun
    held = (_limits.cpu_seconds([master]) - before - idle[1] / idle[0] * took) / len(answers)
    answers = np.minimum(answers, np.quantile(answers, 0.995))
    delay = max(0.0, float(answers.mean()) - held)
    return np.maximum(answers - delay, held / 4), delay


def arrive(port: int, rate: float, bodies: Path, seconds: float = SECONDS) -> np.ndarray:
    """Seconds of each answer of Poisson arrivals, in order."""
    command = [sys.executable, "-m", "bench._open_load", str(port), str(rate), str(seconds), str(bodies), "1"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return np.array(json.loads(done.stdout)["latencies_ms"]) / 1000


if __name__ == "__main__":
    sys.exit(main())
