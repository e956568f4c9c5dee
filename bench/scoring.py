"""One POST to score, durable before the answer: our service against the usual one, one worker with threads each.

Goal: at 4 connections at least 8 times the usual requests a second, and p95 of 10 ms or less. Both have the same model.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import xgboost

from bench import _post_load, harness
from core import clock, codec
from core.db.engine import Database
from core.db.redis_client import Live
from core.models import registry as models
from core.settings import ROOT, load
from ml import config as model_config
from ml import registry
from ml.data import table
from ml.train import training
from simulator import config as simulator_config
from simulator import dataset, traffic

RUNS, SECONDS, WARM_SECONDS = 3, 3.0, 1.0
GOAL, P95_GOAL_MS = 8.0, 10.0
TABLE = """CREATE TABLE usual_predictions (timestamp timestamptz, transaction_id text, fraud_score real, decision text,
           top_feature text, features jsonb); CREATE INDEX ON usual_predictions (timestamp)"""


def main() -> int:
    """Run both sides in turn; 0 when the goals are met."""
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        environ = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": folder,
            "BENCH_MODEL": str(root / "model.json"),
            "OMP_NUM_THREADS": "1",
            "GATEHOUSE_INTERNAL_TOKEN": _post_load.TOKEN,
        }
        bodies = prepare(root, database_url, redis_url)
        with (
            harness.gunicorn("ml.service:app", environ) as (ours, _),
            harness.gunicorn("bench._usual_scoring:app", environ, "--worker-class", "gthread") as (usual, _),
        ):
            found = {(side, n): [] for side in ("ours", "usual") for n in (1, 4)}
            for _ in range(RUNS):
                for connections in (1, 4):
                    for side, port in (("ours", ours), ("usual", usual)):
                        found[side, connections].append(drive(port, connections, SECONDS, bodies))
    met = True
    for connections, goal in ((1, GOAL / 2), (4, GOAL)):
        mine, theirs = found["ours", connections], found["usual", connections]
        ratio = middle(mine, "per_second") / middle(theirs, "per_second")
        fine = harness.report(f"scoring at {connections} connections", ratio, goal, {"ours": mine, "usual": theirs})
        met = met and (fine or connections == 1)
    p95 = middle(found["ours", 4], "p95_ms")
    print(f"p95 at 4 connections: {p95} ms (goal {P95_GOAL_MS:g} ms) {'met' if p95 <= P95_GOAL_MS else 'NOT MET'}")
    return 0 if met and p95 <= P95_GOAL_MS else 1


def prepare(root: Path, database_url: str, redis_url: str) -> Path:
    """Train and promote a model, write it for the peer, and write the bodies of one day's requests."""
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    platform = simulator_config.load(settings)
    data = root / "training.csv"
    dataset.write(data, 60_000, clock.now() - 7 * 86400, platform)
    read = table.read(data, "is_fraud", "timestamp", ignore=["transaction_id"])
    artefact = training.train(read, model_config.load(settings))
    booster = xgboost.Booster()
    booster.load_model(bytearray(artefact.model))
    booster.save_model(root / "model.json")
    database, live = Database(database_url), Live(redis_url)
    models.promote(live, database, registry.save(database, artefact))
    database.close()
    live.close()
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    now = clock.now()
    bodies = root / "bodies"
    items = [{**item.to_score(), "timestamp": None} for item in traffic.between(now - 6 * 3600, now, platform)]
    bodies.write_bytes(b"\n".join(codec.encode(item) for item in items))
    return bodies


def drive(port: int, connections: int, seconds: float, bodies: Path) -> dict[str, float]:
    """One measured run after a short unmeasured one; the load comes from a process of its own."""
    for duration in (WARM_SECONDS, seconds):
        command = [sys.executable, "-m", "bench._post_load", str(port), str(connections), str(duration), str(bodies)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def middle(runs: list[dict[str, float]], name: str) -> float:
    """Median of one figure."""
    return harness.median([run[name] for run in runs])


if __name__ == "__main__":
    sys.exit(main())
