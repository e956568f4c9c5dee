"""The event stream in one key and in several, on a Redis Cluster of three nodes: what the fullest node spends an entry.

A node is one core, so the stream is full when the fullest node is; three nodes that share alike are the limit. Entries
of one transaction are added, read by one consumer a shard and acknowledged, as the API and a collector do it.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import _limits
from core.db import keys
from core.db.redis_client import Live
from core.events.types import Transaction, encode
from core.pipeline import stream
from core.pipeline.stream import Consumer
from tests.redis_cluster import RedisCluster

RUNS, ENTRIES, BATCH = 5, 12_000, 500
NODES, SHARDS = 3, 6
GOAL = 2.0


def main() -> int:
    """Both in turn, five runs; 0 when several shards spare the fullest node at least half of its work."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        cluster = RedisCluster(Path(folder), "bench", nodes=NODES)
        cluster.start()
        lives = {shards: Live(cluster.url(), timeout=30, shards=shards) for shards in (1, SHARDS)}
        pids = [node.process.pid for node in cluster.nodes if node.process]
        found: dict[int, list[list[float]]] = {1: [], SHARDS: []}
        for run in range(RUNS + 1):
            for shards, live in lives.items():
                spent = spend(live, pids)
                if run:  # the first one warms up
                    found[shards].append(spent)
        for live in lives.values():
            live.close()
        cluster.stop()
    for shards, runs in found.items():
        shares = ["/".join(f"{node:.1f}" for node in nodes) for nodes in runs]
        print(f"{shards:>2} shards, CPU us an entry of each node: {'  '.join(shares)}")
    ratios = [max(one) / max(many) for one, many in zip(found[1], found[SHARDS], strict=True)]
    ratio = statistics.median(ratios)
    told = " ".join(f"{r:.2f}" for r in ratios)
    print(f"the fullest node does {ratio:.2f} x less (runs {told}; limit {NODES}, goal {GOAL:g})", end=" ")
    print("met" if ratio >= GOAL else "NOT MET")
    return 0 if ratio >= GOAL else 1


def spend(live: Live, pids: list[int]) -> list[float]:
    """CPU microseconds that each node spends on an entry from its arrival to its end."""
    sale = Transaction(
        id="s", transaction_id="t-4711", timestamp=time.time(), type="purchase", amount=120.0, platform_fee=6.0,
        wallet="0x" + "a" * 40, ip="203.0.113.7",
    )  # fmt: skip
    payload = encode([sale])
    consumers = [Consumer(live, "bench", shard) for shard in range(live.shards)]
    for shard, consumer in enumerate(consumers):
        live.redis.delete(keys.stream(shard))
        consumer.read(1, 1)  # makes the group
    before = [_limits.cpu_seconds([pid]) for pid in pids]
    for number in range(ENTRIES):
        stream.add(live, payload, number % live.shards)
    for consumer in consumers:
        while entries := consumer.read(BATCH, 1):
            consumer.acknowledge([entry for entry, _ in entries])
    after = [_limits.cpu_seconds([pid]) for pid in pids]
    return [(then - was) / ENTRIES * 1e6 for was, then in zip(before, after, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
