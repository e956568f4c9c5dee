"""What timing every statement costs: CPU of a statement with it and without, against OpenTelemetry's way.

The same statement runs in one transaction on the same PostgreSQL, in batches taken in turn; a batch's CPU is that of
all threads until everything that follows its statements is done: ours adds up what was seen, and the spans of
OpenTelemetry's instrumentation (`opentelemetry-instrumentation-sqlalchemy`, where it is installed) are exported to
nowhere. Ours is compared with our client without timing, OpenTelemetry's with SQLAlchemy alone. The cheapest batch of a
run counts, so that other work on the machine does not.
"""

import statistics
import time
from collections.abc import Callable
from unittest.mock import patch

from sqlalchemy import create_engine, text
from sqlalchemy.pool import QueuePool

from bench.harness import report, servers
from core.db import engine as engine_module
from core.db.engine import Database
from core.web.metrics import Metrics
from core.web.query_recorder import QueryRecorder

STATEMENTS, BATCHES, RUNS = 500, 12, 5
STATEMENT = text("/* users.by_name */ SELECT :n + 1")
MOST = 5.0  # microseconds of CPU that timing may add to a statement
Batch = Callable[[], None]


def main() -> int:
    """Run the kinds in turn; 0 when every goal is met."""
    with servers() as (database_url, _):
        kinds = {"sqlalchemy": bare(database_url), "without": without(database_url), "ours": ours(database_url)}
        if (otel := opentelemetry(database_url)) is not None:
            kinds["opentelemetry"] = otel
        else:
            print("opentelemetry-instrumentation-sqlalchemy is not installed: compared with SQLAlchemy alone")
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(RUNS):
            for kind, seconds in cheapest(kinds).items():
                found[kind].append(1e6 * seconds / STATEMENTS)
    middle = {kind: statistics.median(values) for kind, values in found.items()}
    beside = {"ours": "without", "opentelemetry": "sqlalchemy"}
    added = {kind: max(0.01, middle[kind] - middle[other]) for kind, other in beside.items() if kind in middle}
    details = {
        "cpu_us_a_statement": {kind: [round(one, 2) for one in values] for kind, values in found.items()},
        "added_us": {kind: round(value, 2) for kind, value in added.items()},
    }
    met = [report("CPU added to a statement, 5 us / ours", MOST / added["ours"], 1, details)]
    if "opentelemetry" in added:
        met.append(report("CPU added, OpenTelemetry / ours", added["opentelemetry"] / added["ours"], 5, {}))
    return 0 if all(met) else 1


def cheapest(kinds: dict[str, Batch]) -> dict[str, float]:
    """Seconds of CPU of each kind's cheapest batch."""
    found = dict.fromkeys(kinds, float("inf"))
    for _ in range(BATCHES):
        for kind, run in kinds.items():
            start = time.process_time()
            run()
            found[kind] = min(found[kind], time.process_time() - start)
    return found


def bare(url: str) -> Batch:
    """SQLAlchemy alone."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1))

    def run() -> None:
        with engine.begin() as connection:
            for number in range(STATEMENTS):
                connection.execute(STATEMENT, {"n": number}).scalar_one()

    return run


def without(url: str) -> Batch:
    """Our client with SQLAlchemy's own pool, and psycopg2's own connections and cursors."""
    with patch.object(engine_module, "CONNECTING", {}), patch.object(engine_module, "TimedPool", QueuePool):
        database = Database(url)

    def run() -> None:
        with database.transaction() as connection:
            for number in range(STATEMENTS):
                connection.execute(STATEMENT, {"n": number}).scalar_one()

    return run


def ours(url: str) -> Batch:
    """Our client, with what was seen added up."""
    database = Database(url)
    recorder = QueryRecorder("bench", lambda _: None, Metrics())

    def run() -> None:
        with database.transaction() as connection:
            for number in range(STATEMENTS):
                connection.execute(STATEMENT, {"n": number}).scalar_one()
        recorder.step()

    return run


def opentelemetry(url: str) -> Batch | None:
    """SQLAlchemy with OpenTelemetry's instrumentation and a batch processor; None where it is not installed."""
    try:
        from opentelemetry.instrumentation.sqlalchemy import (  # type: ignore[import-not-found,unused-ignore]
            SQLAlchemyInstrumentor,
        )
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
    except ImportError:
        return None

    class Nowhere(SpanExporter):
        def export(self, spans: object) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    processor = BatchSpanProcessor(Nowhere())
    provider = TracerProvider()
    provider.add_span_processor(processor)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1))
    SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider, skip_dep_check=True)

    def run() -> None:
        with engine.begin() as connection:
            for number in range(STATEMENTS):
                connection.execute(STATEMENT, {"n": number}).scalar_one()
        processor.force_flush()

    return run
