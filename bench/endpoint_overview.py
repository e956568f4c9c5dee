"""The overview of endpoints at a hundred million requests of history, against the same read at a hundred thousand.

`python -m bench endpoint_overview`. Ninety days of fifty endpoints are made inside PostgreSQL: a row for each endpoint
and minute, and their hours and days, with histograms of lognormal durations. Timed is the whole read, to its JSON.
"""

import statistics
import time

import numpy as np

from api.context import ProcessCache
from api.endpoint_overview import EndpointsQuery, overview
from bench.harness import report, seconds, servers
from core import codec
from core.db.engine import Database
from core.endpoints import histogram
from core.endpoints.overview import LENGTHS
from core.events.endpoint_series import HIGHEST, LOWEST

ENDPOINTS, DAYS, KINDS = 50, 90, 40  # KINDS: different histograms of each size
SIZES = {"100 thousand": 100_000, "100 million": 100_000_000}
RUNS = 30
MOST_MILLISECONDS, MOST_RATIO = 150.0, 1.3
WIDTHS = {"minutes": 60, "hours": 3600, "days": 86_400}


def main() -> int:
    """Print p95 of each range and the ratio of the sizes; 0 when both goals are met."""
    now = time.time()
    took: dict[str, dict[str, list[float]]] = {}
    first: dict[str, dict[str, list[float]]] = {}
    for name, requests in SIZES.items():
        with servers() as (url, _):
            database = Database(url)
            rows, size = fill(database, requests, now)
            print(f"{name} requests: {rows:,} rows, {size / 1e6:,.0f} MB", flush=True)
            took[name] = {length: _times(database, length, now, ProcessCache()) for length in LENGTHS}
            first[name] = {length: _times(database, length, now, None) for length in LENGTHS}
            database.close()
    small, large = took.values()
    met = []
    for length in LENGTHS:
        p95 = 1000 * float(np.quantile(large[length], 0.95))
        ratio = statistics.median(large[length]) / statistics.median(small[length])
        runs: dict[str, object] = {
            name: [round(1000 * one, 1) for one in found[length][:10]] for name, found in took.items()
        }
        met.append(
            report(f"{length}: {MOST_MILLISECONDS:g} ms / p95 of {p95:.0f} ms", MOST_MILLISECONDS / p95, 1, runs)
        )
        cold = 1000 * statistics.median(first["100 million"][length])
        met.append(report(f"{length}, the first read of a process: {MOST_MILLISECONDS:g} ms / {cold:.0f} ms",
                          MOST_MILLISECONDS / cold, 1, {}))  # fmt: skip
        met.append(report(f"{length}: {MOST_RATIO:g} / cost ratio of {ratio:.2f}", MOST_RATIO / ratio, 1, {}))
    return 0 if all(met) else 1


def fill(database: Database, requests: int, now: float) -> tuple[int, int]:
    """Make the history; rows and bytes of it."""
    dice = np.random.default_rng(7)
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO endpoint_series (service, route, method, status, version, error_type, seen)"
            " SELECT 'shop', '/route/' || n, 'GET', 200, 'v1', '', current_date FROM generate_series(1, %s) n",
            (ENDPOINTS,),
        )
        for name, width in WIDTHS.items():
            hits = requests * width / (ENDPOINTS * DAYS * 86_400)
            each, share = max(1, round(hits)), min(1.0, hits)
            sketches = [_sketch(dice.lognormal(-3, 0.7, each)) for _ in range(KINDS)]
            cursor.execute(
                f"INSERT INTO endpoint_{name} (timestamp, series_id, hits, sum_ns, min_ns, max_ns, sketch)"
                " SELECT at, id, %(hits)s, %(hits)s * 50000000::bigint, 1000000, 2000000000,"
                " (%(sketches)s::bytea[])[1 + (random() * %(kinds)s)::int]"
                " FROM generate_series(to_timestamp(%(start)s), to_timestamp(%(end)s),"
                " %(width)s * interval '1 second') at"
                " CROSS JOIN generate_series(1, %(endpoints)s) id WHERE random() < %(share)s",
                {
                    "hits": each, "sketches": sketches, "kinds": KINDS - 1, "endpoints": ENDPOINTS, "share": share,
                    "start": (now - DAYS * 86_400) // width * width, "end": (now - width) // width * width,
                    "width": width,
                },
            )  # fmt: skip
        for start in (now // 3600 * 3600, now // 86_400 * 86_400):
            width = 3600 if start == now // 3600 * 3600 else 86_400
            cursor.execute("INSERT INTO endpoint_stale (width, start) VALUES (%s, to_timestamp(%s))", (width, start))
    with database.raw() as connection:
        connection.rollback()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute(
                "SELECT sum((SELECT count(*) FROM endpoint_minutes) + (SELECT count(*) FROM endpoint_hours)"
                " + (SELECT count(*) FROM endpoint_days))::bigint, (SELECT sum(pg_total_relation_size(c.oid))::bigint"
                " FROM pg_class c WHERE relname LIKE 'endpoint_%' AND relkind = 'r')"
            )
            found = cursor.fetchone()
        connection.autocommit = False
    return int(found[0]), int(found[1])


def _sketch(durations: np.ndarray) -> bytes:
    index = np.clip(np.ceil(np.log(durations) / np.log(1.02)), LOWEST, HIGHEST).astype(int)
    places, counts = np.unique(index, return_counts=True)
    return histogram.encode(dict(zip(places.tolist(), counts.tolist(), strict=True)))


def _times(database: Database, length: str, now: float, kept: ProcessCache | None) -> list[float]:
    """Seconds of reads that know whole days from before, or do not."""
    after = int(now // 60) + 1
    span = (after - LENGTHS[length], after)

    def work() -> None:
        codec.encode(overview(database, EndpointsQuery(), span, now, kept or ProcessCache()))

    for _ in range(3):
        work()
    return [seconds(work) for _ in range(RUNS)]
