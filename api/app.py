"""The monitoring API put together: ingest, parts, transactions, drift reports, documents."""

from api import (
    custom_figures,
    deploys,
    docs,
    drift_reports,
    drills,
    endpoint_detail,
    endpoint_overview,
    endpoint_profile,
    exception_reads,
    incidents,
    monitoring,
    outliers,
    overhead,
    processes,
    query_detail,
    query_overview,
    security_export,
    status_overview,
    statuses,
    storage,
    threats,
    transaction_paths,
    transaction_search,
    transactions,
)
from api import stores as servers
from api.config import MonitoringConfig
from api.context import ProcessCache
from api.resource_registry import Reads
from core.discovery import discover
from core.errors import RedisUnavailable
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.app import App
from core.web.app import create_app as create_web_app


def create_app(settings: Settings) -> App:
    """The WSGI application; opens nothing until the first request. Raises ConfigError naming what is missing."""
    stores = assemble(settings)
    app = create_web_app("api", settings, stores)
    memory = ProcessCache()
    reads = Reads(settings, stores, settings.section("monitoring", MonitoringConfig), memory)
    app.extensions["reads"] = reads
    for install in discover("api.ingest", "install").values():
        install(app, settings, stores, memory)
    for install in discover("api.webhooks", "install").values():
        install(app, settings, stores)
    monitoring.install(app, reads)
    transaction_paths.install(app)
    transactions.install(app, reads)
    transaction_search.install(app, settings, reads)
    security_export.install(app, stores.database)
    threats.install(app, stores.database)
    drift_reports.install(app, stores.database)
    incidents.install(app, stores.database)
    status_overview.install(app, settings, stores.database, memory, reads.config.longest_range_days)
    statuses.install(app, settings, stores)
    spans = (endpoint_overview, endpoint_detail, endpoint_profile, custom_figures, processes, overhead, outliers)
    for one in (*spans, exception_reads):
        one.install(app, stores.database, memory, reads.config.longest_range_days)
    deploys.install(app, settings, stores)
    for two in (query_overview, query_detail):
        two.install(
            app, stores.database, memory, reads.config.longest_range_days, settings.config.retention.query_minute_days
        )
    servers.install(app, stores.database, stores.live, memory, reads.config.longest_range_days)
    drills.install(app, settings, stores)
    storage.install(app, stores.database, settings.config.retention)
    docs.install(app)
    app.ready_checks["storage"] = lambda: _can_store(stores)
    app.ready_checks["redis"] = stores.live.check_writes
    app.can_spare.add("redis")
    return app


def _can_store(stores: Stores) -> None:
    """Either store is enough to serve: events go to the one that is there, parts keep their last data."""
    try:
        stores.live.check_writes()
    except RedisUnavailable:
        stores.database.ping()
