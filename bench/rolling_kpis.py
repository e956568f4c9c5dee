"""Reading all rolling KPIs with p95: our packed slots in Redis against a sorted set of the hour's 360,000 events.

Both sides hold the same hour (and the peer only that hour, while we also read the hour before for the deltas) in the
same Redis; time of one read, memory in Redis, and the error of p95.
"""

import random
import sys
import time
from typing import Any

from bench.harness import alternate, median, report, servers
from collector.windows import compute
from core import codec
from core.db import keys
from core.db.redis_client import Live
from core.events import time_buckets
from core.events.time_buckets import Bucket

EVENTS = 360_000
RUNS = 5


def used_memory(client: Any) -> int:
    """Bytes in use by data: asked on a new connection, so that no earlier one's buffers count."""
    client.connection_pool.disconnect()
    time.sleep(0.3)
    return int(client.info("memory")["used_memory"])


def main() -> int:
    """Run and report."""
    with servers() as (_, redis_url):
        live = Live(redis_url, timeout=60)
        client = live.redis
        now = time.time()
        first, after = time_buckets.window(now, 3600)
        rng = random.Random(7)
        events = []
        filled: dict[int, Bucket] = {}
        for number in range(EVENTS):
            at = first + rng.random() * 3599
            latency = round(rng.lognormvariate(3.2, 0.7), 3)
            decision = rng.choices(("APPROVED", "REVIEW", "BLOCKED"), (90, 8, 2))[0]
            amount = round(rng.random() * 40, 2)
            events.append((at, f"tx_{number:08d}", latency, decision, amount))
            for start in (time_buckets.floor(at), time_buckets.floor(at) - 3600):
                slot = filled.setdefault(start, Bucket())
                for index, step in ((0, 1), (2, round(amount * 100)), (3, 1), (6, decision == "BLOCKED")):
                    slot.counts[index] += step
                slot.add_latency(latency)
        empty = used_memory(client)
        pipeline = client.pipeline(transaction=False)
        for start, slot in filled.items():
            pipeline.set(keys.slot(start), time_buckets.pack(slot.counts, time_buckets.pack_latency(slot.latency)))
        pipeline.execute()
        ours_bytes = used_memory(client) - empty
        for chunk in range(0, EVENTS, 5000):
            client.zadd("hour", {codec.encode(event): event[0] for event in events[chunk : chunk + 5000]})
        peer_bytes = used_memory(client) - empty - ours_bytes
        results: dict[str, object] = {}

        def ours() -> None:
            start, end = time_buckets.window(now, 7200)
            starts = list(range(start, end, time_buckets.WIDTH))
            packed = {s: data for s, data in zip(starts, live.slots(starts), strict=True) if data}
            results["ours"] = compute(packed, now)["values"]

        def totals_only() -> None:
            starts = list(range(first, after, time_buckets.WIDTH))
            results["p95"] = time_buckets.total([data for data in live.slots(starts) if data]).quantile(0.95)

        def peer() -> None:
            rows = [codec.decode(row) for row in client.zrangebyscore("hour", first, after)]
            latencies = sorted(row[2] for row in rows)
            results["peer"] = {
                "transactions_per_hour": len(rows),
                "fraud_rate": 100 * sum(row[3] == "BLOCKED" for row in rows) / len(rows),
                "api_latency_p95": latencies[-(-95 * len(rows) // 100) - 1],
                "revenue_per_hour": sum(row[4] for row in rows),
            }

        ours()
        times = alternate(RUNS, ours, totals_only, peer)
        mine, theirs = results["ours"], results["peer"]
        error = abs(mine["api_latency_p95"] - theirs["api_latency_p95"]) / theirs["api_latency_p95"]
        latencies = [event[2] for event in events]
        totals = time_buckets.total(
            [data for data in live.slots(list(range(first, after, time_buckets.WIDTH))) if data]
        )
        edges_exact = all(
            totals.share_above(edge) == sum(value > edge for value in latencies) / EVENTS for edge in (50.0, 100.0)
        )
        detail = {
            "document_ms": [round(t * 1e3, 2) for t in times[0]],
            "window_ms": [round(t * 1e3, 2) for t in times[1]],
            "sorted_set_ms": [round(t * 1e3) for t in times[2]],
        }
        ok = [
            report("reading rolling KPIs / sorted set", median(times[2]) / median(times[1]), 100, detail),
            report(
                "whole KPI document with deltas, four windows and sparklines / sorted set",
                median(times[2]) / median(times[0]),
                100,
                detail,
            ),
            report(
                "memory in Redis / sorted set",
                peer_bytes / ours_bytes,
                40,
                {"ours_two_hours_bytes": ours_bytes, "sorted_set_one_hour_bytes": peer_bytes},
            ),
            report("p95: 1.1 % / error", 0.011 / max(error, 1e-9), 1, {"error_percent": round(100 * error, 3)}),
            report("shares above 50 and 100 ms exact", float(edges_exact), 1, {}),
        ]
        live.close()
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
