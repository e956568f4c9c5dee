"""`python -m collector` runs the collector; `python -m collector rebuild` fills an emptied Redis from PostgreSQL."""

import os
import socket
import sys
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from core.startup import paused_gc

with paused_gc():
    from collector import (
        analytics_rollup,
        endpoint_rollup,
        export,
        figure_schedule,
        prediction_fill,
        profile_rollup,
        query_rollup,
        storage_watch,
        store_samples,
        upkeep,
    )
    from collector.consume import Consume
    from collector.correlation import rules
    from collector.correlation.run import Correlator
    from collector.deploys import DeployWatch
    from collector.health import Health
    from collector.ip_blocks import Blocks
    from collector.live_gauges import LiveGauges
    from collector.orphaned_shards import Strays
    from collector.storage_watch import StorageWatch
    from collector.stored_gauges import StoredGauges
    from collector.stream_watch import StreamWatch
    from collector.windows import Windows
    from core import clock, log, settings
    from core.endpoints.config_starts import ConfigStart
    from core.errors import GatehouseError, RedisUnavailable
    from core.events.retention import Kept
    from core.pipeline.stream import Consumer, waiting
    from core.settings import Settings
    from core.stores import Stores, assemble
    from core.tasks import Task
    from core.transactions import policies
    from core.web import worker_process
    from core.web.metrics import Metrics
    from core.web.readiness import Check

PUBLISH_SECONDS = 0.5
JUDGE_SECONDS = 2.0
CORRELATE_SECONDS = 2.0
STRAY_SECONDS = 2.0
WATCH_SECONDS = 2.0
CONSUMING = 4  # threads that read shards of the stream; each holds a connection to PostgreSQL while it stores
ROLLUP_SECONDS = 10.0
DEPLOY_SECONDS = 5.0
ONCE_SECONDS = 30.0
UPKEEP_SECONDS = 3600.0
GAUGE_SECONDS = 5.0


def main(arguments: list[str]) -> int:
    """Entry; returns the exit code."""
    log.setup("collector")
    try:
        known = settings.load(settings.at_hand() if arguments == ["rebuild"] else None)
        stores = assemble(known)
        if arguments == ["rebuild"]:
            return rebuild(known, stores)
        if arguments:
            print("usage: python -m collector [rebuild]", file=sys.stderr)
            return 2
        return run(known, stores)
    except (GatehouseError, OSError) as error:
        print(f"collector: {error}", file=sys.stderr)
        return 2


def rebuild(known: Settings, stores: Stores) -> int:
    """Put everything that the live edge holds back into Redis, from PostgreSQL alone."""
    now = clock.now()
    windows = Windows(stores.live, stores.database)
    windows.refresh(now, whole=True)
    values = windows.publish(now)["values"]
    policies.ensure(stores.live, stores.database, known.config.policy, stores.audit)
    Blocks(stores.database, stores.live, stores.publisher, known.config.limits).mirror(now)
    print("rebuilt from PostgreSQL: " + ", ".join(f"{name} {value}" for name, value in values.items()))
    stores.close()
    return 0


def run(known: Settings, stores: Stores) -> int:
    """Work until SIGTERM or SIGINT, then finish the batch in hand."""
    metrics = Metrics()
    errors = metrics.counter("collector_errors_total", "Duties that met an error", ["task"])
    events = metrics.counter("collector_batches_total", "Batches taken from the stream", [])
    windows = Windows(stores.live, stores.database)
    health = Health(known, stores.database, stores.live)
    blocks = Blocks(stores.database, stores.live, stores.publisher, known.config.limits)
    name = f"{socket.gethostname()}-{os.getpid()}"

    def consumes(shard: int, share: float = 1.0) -> Consume:
        wait = max(1, round(known.config.ingest.batch_wait_ms * share))
        return Consume(
            Consumer(stores.live, name, shard),
            stores.writer,
            stores.database,
            replace(known.config.ingest, batch_wait_ms=wait),
            _forgiving(windows),
            known.failpoint,
            Kept.of(known.config.retention),
        )

    def taking(called: str, shards: range) -> Task:
        loops = [consumes(shard, 1 / len(shards)) for shard in shards]
        return Task(called, 0.0, lambda _: events.inc(by=take(loops)))

    def publish(now: float) -> None:
        windows.refresh(now)
        windows.publish(now)

    def watch_deploys(now: float) -> None:
        deployed.step(now)
        beyond.set(deployed.beyond)

    watch = StreamWatch(stores.live, stores.database, stores.publisher.publish)
    strays = Strays(stores.live, consumes)
    correlator = Correlator(stores.database, stores.publisher, rules.load(known.config_dir / "sigma"))
    stored = StoredGauges(metrics, stores.database, stores.live, known.config.policy)
    deployed = DeployWatch(stores.database, known.config.performance.deploys)
    beyond = metrics.gauge(
        "gatehouse_deploys_beyond_limit", "New versions that are no deploy: their service had too many within a day."
    )
    started = ConfigStart(stores.database, "collector", known.config_dir)
    sinks = export.exports(known, stores.database)
    threat_days = known.config.threats.keep_days
    minute_hours = known.config.performance.profiler.minute_hours
    duties = [
        *[
            taking(f"consume {first}" if first else "consume", range(first, stores.live.shards, CONSUMING))
            for first in range(min(CONSUMING, stores.live.shards))
        ],
        Task("stream watch", WATCH_SECONDS, watch.step),
        Task("strays", STRAY_SECONDS, lambda _: strays.step()),
        Task("publish", PUBLISH_SECONDS, publish),
        Task("health", known.config.services.interval_seconds, health.check),
        Task("host", known.config.services.interval_seconds, health.sample),
        Task("blocks", JUDGE_SECONDS, blocks.judge),
        Task("correlation", CORRELATE_SECONDS, correlator.step),
        Task(
            "upkeep",
            UPKEEP_SECONDS,
            lambda _: upkeep.run(
                stores.database, known.config.retention, threat_days, known.config.limits.max_exception_groups
            ),
        ),
        Task("storage", storage_watch.EVERY_SECONDS, StorageWatch(stores.database).step),
        Task("endpoints", ROLLUP_SECONDS, lambda now: endpoint_rollup.run(stores.database, now)),
        Task("profiles", ROLLUP_SECONDS, lambda now: profile_rollup.run(stores.database, minute_hours, now)),
        Task("deploys", DEPLOY_SECONDS, watch_deploys),
        Task("configuration", ONCE_SECONDS, started.step),
        Task(
            "old predictions",
            ROLLUP_SECONDS,
            lambda now: prediction_fill.run(stores.database, stores.writer.judge, now),
        ),
        Task(
            "analytics", ROLLUP_SECONDS, lambda now: analytics_rollup.step(stores.database, known.config.retention, now)
        ),
        Task("queries", ROLLUP_SECONDS, lambda now: query_rollup.run(stores.database, now)),
        Task(
            "store samples",
            store_samples.EVERY_SECONDS,
            lambda now: store_samples.run(stores.database, stores.live, now),
        ),
        Task("live gauges", GAUGE_SECONDS, LiveGauges(metrics, stores.live).step),
        Task("stored gauges", GAUGE_SECONDS, stored.step),
        *export.duties(sinks),
        *figure_schedule.duties(known, stores, metrics),
    ]
    live = stores.live
    checks: dict[str, Check] = {
        "postgres": stores.database.ping,
        "redis": live.check_writes,
        "stream": lambda: waiting(live),
    }
    policies.ensure(stores.live, stores.database, known.config.policy, stores.audit)
    stores.publisher.store_reports()
    worker_process.run(
        known,
        "collector",
        duties,
        metrics,
        checks,
        errors.inc,
        port="metrics",
        publisher=stores.publisher,
        consumer=name,
    )
    for sink in sinks:
        sink.close()
    health.close()
    stores.close()
    return 0


def take(loops: Sequence[Consume]) -> int:
    """One batch of each shard; how many there were. Raises RedisUnavailable when no shard can be reached."""
    taken, away = 0, []
    for loop in loops:
        try:
            taken += loop.step()
        except RedisUnavailable as error:  # the node of one shard; the others go on
            away.append(error)
    if len(away) == len(loops):
        raise away[0]
    return taken


def _forgiving(windows: Windows) -> Callable[[dict[int, bytes]], None]:
    """Slots go to Redis at once; when it is away the next refresh brings them."""

    def put(packed: dict[int, bytes]) -> None:
        try:
            windows.put(packed, clock.now())
        except RedisUnavailable:
            return

    return put


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
