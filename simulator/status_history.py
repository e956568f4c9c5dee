"""The history of transaction statuses: stored at once, for the judge to learn from.

Its newest hours are what the live traffic would have sent, row by row; before them there are sums without dimensions.
The running minute is the live traffic's. It is stored in one transaction, and not where counts reach back that far, so
that nothing is counted twice.
"""

from collections.abc import Iterator

import numpy as np

from core import clock
from core.db import partitions
from core.db.engine import Database
from core.db.queries import query
from core.events import status_series
from core.events.status_series import Series
from core.events.types import Event, StatusRows
from core.pipeline.writer import Writer
from core.settings import Settings
from core.statuses import mix
from core.statuses.episode import MINUTE
from core.stores import assemble
from simulator import rhythm, statuses
from simulator.config import SimulatorConfig

DAY = 1440


def fill(settings: Settings, config: SimulatorConfig) -> int:
    """Store it where the stores are at hand; how many minutes. A product that is reached over HTTP alone gets none.

    Raises DatabaseUnavailable.
    """
    if not (settings.database_url and settings.redis_url):
        return 0
    stores = assemble(settings)
    try:
        return store(stores.database, stores.writer, config)
    finally:
        stores.close()


def store(database: Database, writer: Writer, config: SimulatorConfig) -> int:
    """Store it; how many minutes, 0 when there are any. Raises DatabaseUnavailable."""
    now, known = clock.now(), config.statuses
    until = int(now // MINUTE)
    detailed = until - round(known.detailed_hours * 60)
    first = until - round(known.history_days * DAY)
    with database.transaction() as connection:
        values = {"source": known.source, "start": first * MINUTE}
        there = connection.execute(query("status_feed.next_minute"), values).scalar()
    if there is not None and there < detailed:
        return 0
    partitions.ensure(database)
    events: list[Event] = [*summed(first, detailed, config, now), in_detail(detailed, until, config, now)]
    writer.store(events, now)
    return until - first


def summed(first: int, until: int, config: SimulatorConfig, now: float) -> Iterator[StatusRows]:
    """Minutes of the epoch [first, until) by status and code alone, a day in an event."""
    known = config.statuses
    kinds = [(status, code, rate) for status, codes in known.per_minute.items() for code, rate in codes.items()]
    series = [Series(known.source, status, code, "") for status, code, _ in kinds]
    rates = np.array([rate for _, _, rate in kinds])
    for start in range(first, until, DAY):
        minutes = np.arange(start, min(start + DAY, until))
        busy = np.array([rhythm.traffic(minute * MINUTE, config) for minute in minutes.tolist()])
        drawn = np.random.default_rng([config.seed, start]).poisson(busy[:, None] * rates)
        at, which = np.nonzero(drawn)
        yield _event(series, which.tolist(), minutes[at].tolist(), drawn[at, which].tolist(), now)


def in_detail(first: int, until: int, config: SimulatorConfig, now: float) -> StatusRows:
    """Minutes of the epoch [first, until) as the live traffic sends them."""
    known = mix.cells(config.statuses)
    series = [
        Series(
            config.statuses.source,
            cell.status,
            cell.auth_code,
            status_series.dimensions_text(dict(zip(known.names, cell.dimensions, strict=True))),
        )
        for cell in known.cells
    ]
    drawn = np.array([statuses.counts(minute, config) for minute in range(first, until)]).reshape(-1, len(series))
    at, which = np.nonzero(drawn)
    return _event(series, which.tolist(), (at + first).tolist(), drawn[at, which].tolist(), now)


def _event(series: list[Series], numbers: list[int], minutes: list[int], counts: list[int], now: float) -> StatusRows:
    name = f"status-history-{minutes[0]}-{minutes[-1]}"
    return StatusRows(id=name, timestamp=now, series=series, numbers=numbers, minutes=minutes, counts=counts)
