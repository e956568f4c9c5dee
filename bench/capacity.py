"""What each process does on a core, beside what the bare thing does, and what 10 to 100,000 transactions need.

Prints two tables, those of docs/scaling.md. Work per core is work per CPU second of the process, so that a busy machine
changes it little; the ratio is against a limit of the same run. Asserts no figure: there is no peer to beat here.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import _costs, _grown_data, _limits, _post_load, _sizing, harness
from bench._costs import Cost, Servers
from bench.scoring import prepare
from core import clock, settings
from core.db import copy_rows as table_rows
from core.db import partitions
from core.events.types import Event, Prediction, encode
from core.models import registry
from core.stores import Stores, assemble
from core.transactions import policies
from simulator import config as simulator_config
from simulator import traffic
from simulator.config import SimulatorConfig

TRANSACTIONS = 30_000
BATCH = 100
RULES = 100
RATES = (10, 1_000, 100_000)
EVENTS = "/api/v1/events"
PREDICT, PREDICT_MANY = "/api/v1/ml/predict/fraud", "/api/v1/ml/predict-batch"


@dataclass(frozen=True)
class Limit:
    """What the bare thing does in a CPU second, and its name."""

    name: str
    per_core: float


def main() -> int:
    """Measure everything once and print it."""
    with harness.running_servers() as (postgres, redis), tempfile.TemporaryDirectory() as folder:
        assert postgres.process is not None
        assert redis.process is not None
        servers = Servers(postgres.url(), redis.url(), postgres.process.pid, redis.process.pid)
        known = settings.load({"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url})
        platform = simulator_config.load(known)
        root = Path(folder)
        singles = prepare(root, servers.database_url, servers.redis_url)
        stores = assemble(known)
        partitions.ensure(stores.database)
        policies.ensure(stores.live, stores.database, known.config.policy)
        events = platform_events(stores, platform)
        machine(root, servers)
        limits = bare(servers, events, singles)
        _grown_data.store(stores, _grown_data.platform_requests(clock.now() - 7200, platform))
        costs = measured(root, servers, stores, events, singles, folder)
        tables(costs, limits)
        sizes(costs, bytes_of(stores), singles)
        stores.close()
    return 0


def platform_events(stores: Stores, platform: SimulatorConfig) -> list[Event]:
    """Predictions of real transactions and the sales that they let through, all of the last minute."""
    now = clock.now()
    sold = [*traffic.between(now - 36 * 3600, now, platform)][:TRANSACTIONS]
    model = registry.load(stores.database, registry.role(stores.database, "champion") or 0)
    return _costs.renamed(list(_grown_data.scored(model, stores, sold)), "first")


def machine(folder: Path, servers: Servers) -> None:
    """What the machine is."""
    copied, synced = _limits.memcpy() / 1e9, _limits.fsync(folder)
    print(f"{os.cpu_count()} cores; memory copies {copied:.1f} GB/s; 8 kB reach the disk {synced:,.0f} times a second")


def bare(servers: Servers, events: list[Event], singles: Path) -> dict[str, Limit]:
    """The limits, by what they are compared with."""
    hello = {**os.environ, "DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    patient, usual = (
        _costs.web("hello", "requests", servers, "bench._hello:app", hello, "/", singles, 1, options)
        for options in (_costs.WORKER, ())
    )
    lines = [table_rows.prediction(event, None) for event in events if isinstance(event, Prediction)]
    copied = _limits.bare_copy(servers.database_url, servers.postgres, lines)
    added = _limits.bare_xadd(servers.redis_url, servers.redis, encode(events[:1]))
    return {
        "hello": Limit("gunicorn that says hello", usual.per_core),
        "patient": Limit("gunicorn that says hello", patient.per_core),
        "copy": Limit("bare COPY, rows a core of PostgreSQL", copied[1]),
        "xadd": Limit("bare XADD, a core of Redis", added[1]),
    }


def measured(
    root: Path, servers: Servers, stores: Stores, events: list[Event], singles: Path, folder: str
) -> dict[str, Cost]:
    """Every process, one after another."""
    environ = {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "GATEHOUSE_DATA": folder,
        "OMP_NUM_THREADS": "1",
        "GATEHOUSE_INTERNAL_TOKEN": _post_load.TOKEN,
        "GATEHOUSE_SECRET_KEY": "a-key-of-this-benchmark-that-signs-nothing-of-worth",
    }
    sale = _costs.bodies_of_events(root / "sale", events, 1)
    sales = _costs.bodies_of_events(root / "sales", events, BATCH)
    many = _costs.bodies_of_scores(root / "many", singles, BATCH)
    api, scoring = "monitoring_api:app", "ml.service:app"
    return {
        "api one": _costs.web("monitoring API, one event a request", "events", servers, api, environ, EVENTS, sale),
        "api many": _costs.web(
            f"monitoring API, {BATCH} a request", "events", servers, api, environ, EVENTS, sales, BATCH
        ),
        "score one": _costs.web(
            "scoring service, one a request", "scores", servers, scoring, environ, PREDICT, singles
        ),
        "score many": _costs.web(
            f"scoring service, {BATCH} a request", "scores", servers, scoring, environ, PREDICT_MANY, many, BATCH
        ),
        "collect one": _costs.collector("collector, one event an entry", servers, environ, events, 1),
        "collect many": _costs.collector(
            f"collector, {BATCH} an entry", servers, environ, _costs.renamed(events, "second"), BATCH
        ),
        "write": _costs.writer(
            "PostgreSQL writer, 5,000 a batch", servers, stores, _costs.renamed(events, "third"), 5_000
        ),
        "console": _costs.console("console, an operator's look", servers, environ),
        "alerts": _costs.alerts(f"alert worker, {RULES} rules", servers, RULES),
    }


def tables(costs: dict[str, Cost], limits: dict[str, Limit]) -> None:
    """The measured figures."""
    against = {"api one": "hello", "api many": "hello", "score one": "patient", "score many": "patient"}
    print("\n| process | a second and core | here, wall clock | memory MB | against |\n|---|---|---|---|---|")
    for key, cost in costs.items():
        limit = limits.get(against.get(key, ""))
        ratio = f"{cost.per_core / limit.per_core:.2f} of {limit.name} ({limit.per_core:,.0f})" if limit else "–"
        memory = f"{cost.memory / 1e6:.0f}" if cost.memory else "–"
        print(
            f"| {cost.name} | {cost.per_core:,.0f} {cost.unit} | {cost.count / cost.wall:,.0f} | {memory} | {ratio} |"
        )
    written, copied = costs["write"], limits["copy"]
    rate = written.count / written.postgres
    print(f"| PostgreSQL under the writer | {rate:,.0f} rows | – | – | {rate / copied.per_core:.2f} of {copied.name}"
          f" ({copied.per_core:,.0f}) |")  # fmt: skip
    for key in ("api one", "api many"):
        entries = costs[key].count / (1 if key == "api one" else BATCH)
        rate, added = entries / costs[key].redis, limits["xadd"]
        print(f"| Redis under it ({costs[key].name}) | {rate:,.0f} entries | – | – | {rate / added.per_core:.2f} of"
              f" {added.name} ({added.per_core:,.0f}) |")  # fmt: skip
    looks = costs["console"].per_core * 5
    rules = costs["alerts"].per_core * 5
    print(f"\nOne core carries {looks:,.0f} operators (a look every 5 s) or {rules:,.0f} rules (judged every 5 s).")


def bytes_of(stores: Stores) -> dict[str, float]:
    """Bytes a row of the tables that grow, indexes included."""
    found = {}
    with stores.database.raw() as connection, connection.cursor() as cursor:
        for table in ("fraud_predictions", "transactions", "api_requests", "event_keys"):
            cursor.execute(
                "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s::regclass) WHERE isleaf", (table,)
            )
            size = cursor.fetchone()[0]
            if size is None:
                cursor.execute("SELECT pg_total_relation_size(%s::regclass)", (table,))
                size = cursor.fetchone()[0]
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = float(size) / max(int(cursor.fetchone()[0]), 1)
    return found


def sizes(costs: dict[str, Cost], row: dict[str, float], singles: Path) -> None:
    """What the rates need, with one transaction a request and with a hundred."""
    print("\nBytes a row with its indexes: " + ", ".join(f"{name} {size:.0f}" for name, size in row.items()))
    body = singles.read_bytes().split(b"\n", 1)[0]
    for each in (1, BATCH):
        kind = "one" if each == 1 else "many"
        posts = 2 / each  # a score and a sale; our own servers report each request as an event
        rows_of = {"fraud_predictions": 1.0, "transactions": 1.0, "api_requests": posts, "event_keys": 2 + posts}
        stored = costs[f"collect {kind}"]
        taken = costs[f"api {kind}"]
        scored = costs[f"score {kind}"]
        events = 2 + posts
        need = _sizing.Costs(
            cores={
                "scoring service": 1 / scored.per_core,
                "monitoring API": 1 / taken.per_core,
                "collector": events / stored.per_core,
                "PostgreSQL": events * stored.postgres / stored.count,
                "Redis": taken.redis / taken.count + scored.redis / scored.count + 2 * stored.redis / stored.count,
            },
            disk=sum(row[name] * count for name, count in rows_of.items()),
            network=2 * len(body) + 900 / each,
            waiting=2.5 * len(body),
        )
        print(f"\n{each} a request. Core microseconds a transaction: "
              + ", ".join(f"{name} {seconds * 1e6:.0f}" for name, seconds in need.cores.items()))  # fmt: skip
        name, rate = _sizing.first_to_saturate(need)
        print(f"First to fill a core and not multiplied by starting another: {name}, at {rate:,.0f} a second")
        named = [f"{name}, cores" if name in _sizing.ENGINES else f"{name}, processes" for name in need.cores]
        print(f"| a second | {' | '.join(named)} | cores busy | GB a day | TB in 90 days | Mbit/s | GB Redis an hour |")
        print("|---" * (len(need.cores) + 6) + "|")
        for wanted in RATES:
            found = _sizing.need(wanted, need)
            print(f"| {wanted:,} | " + " | ".join(str(count) for count in found.processes.values())
                  + f" | {found.all_cores:.2f} | {found.disk_a_day / 1e9:.1f} | {found.disk_kept / 1e12:.2f}"
                  f" | {found.network * 8 / 1e6:.1f} | {found.buffer / 1e9:.2f} |")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
