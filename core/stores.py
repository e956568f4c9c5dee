"""What a process needs of the stores, put together once at its entry."""

from dataclasses import dataclass

from core.audit.chain import Audit
from core.db.engine import Database
from core.db.redis_client import Live
from core.db.replica import HistoryReader
from core.models.seal import ModelSeal
from core.pipeline.performance import Bounds
from core.pipeline.publisher import EventPublisher
from core.pipeline.writer import Writer
from core.settings import Settings


@dataclass(frozen=True)
class Stores:
    """The stores of one process. Nothing is opened until it is used."""

    database: Database
    live: Live
    writer: Writer
    publisher: EventPublisher
    audit: Audit
    history: HistoryReader
    model_seal: ModelSeal

    def close(self) -> None:
        """Close every connection, and stop looking after what was published."""
        self.publisher.close()
        self.history.close()
        self.database.close()
        self.live.close()


def assemble(settings: Settings) -> Stores:
    """Stores for the given settings. Raises ConfigError when an address is missing."""
    settings.require("database_url", "redis_url")
    database = Database(settings.database_url)
    live = Live(settings.redis_url, shards=settings.config.ingest.stream_shards)
    normal = settings.config.policy.profiles["normal"]
    audit = Audit.of(settings)
    block_from = round(normal.fraud_threshold + normal.block_margin, 6)
    limits, performance = settings.config.limits, settings.config.performance
    bounds = Bounds(
        endpoint_series=limits.max_endpoint_series,
        query_series=limits.max_query_series,
        outliers=performance.outliers.per_day,
        profile_series=performance.profiler.series,
        profile_names=performance.profiler.names,
        exception_groups=limits.max_exception_groups,
    )
    writer = Writer(database, block_from, settings.config.retention.slot_hours * 3600, audit, bounds)
    history = HistoryReader(database, settings.database_read_url)
    seal = ModelSeal(settings.secret_key)
    return Stores(database, live, writer, EventPublisher(live, writer, settings.config.ingest), audit, history, seal)
