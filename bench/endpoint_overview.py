"""The overview of endpoints at a hundred million requests of history, against the same read at a hundred thousand.

`python -m bench endpoint_overview`. Ninety days of fifty endpoints are made inside PostgreSQL: a row for each endpoint
and minute, and their hours and days, with histograms of lognormal durations. Timed is the whole read, to its JSON, by a
process that has read the range before, by one whose newest minute gets hits between the reads, as it does where people
look, and by one that reads it for the first time. Reads of both sizes alternate, so that other work on the machine
slows both.
"""

import statistics
import time

import numpy as np

from api.endpoint_kept import KeptPieces
from api.endpoint_overview import EndpointsQuery, overview
from bench.harness import copied, report, seconds, servers
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
    with servers() as (url, _):
        databases = {}
        for name, requests in SIZES.items():
            databases[name] = database = Database(copied(url, name.split()[1]))
            rows, size = fill(database, requests, now)
            print(f"{name} requests: {rows:,} rows, {size / 1e6:,.0f} MB", flush=True)
        met = [one for length in LENGTHS for one in _compared(databases, length, now)]
        for database in databases.values():
            database.close()
    return 0 if all(met) else 1


def _compared(databases: dict[str, Database], length: str, now: float) -> list[bool]:
    """Time one range and report it."""
    known: dict[str, KeptPieces] = {name: KeptPieces() for name in databases}
    usual, live, cold = (_times(databases, length, now, known, adds) for adds in (False, True, None))
    large = usual["100 million"]
    p95 = 1000 * float(np.quantile(large, 0.95))
    runs: dict[str, object] = {name: [round(1000 * one, 1) for one in found[:10]] for name, found in usual.items()}
    first = 1000 * statistics.median(cold["100 million"])
    met = [
        report(f"{length}: {MOST_MILLISECONDS:g} ms / p95 of {p95:.0f} ms", MOST_MILLISECONDS / p95, 1, runs),
        report(f"{length}, the first read of a process: {MOST_MILLISECONDS:g} ms / {first:.0f} ms",
               MOST_MILLISECONDS / first, 1, {}),
    ]  # fmt: skip
    for what, found in (("", usual), (" while hits come in", live)):
        ratio = _ratio(found)
        met.append(report(f"{length}{what}: {MOST_RATIO:g} / cost ratio of {ratio:.2f}", MOST_RATIO / ratio, 1, {}))
    return met


def _ratio(found: dict[str, list[float]]) -> float:
    """The median of each read at the large size over the one at the small size that was next to it."""
    small, large = found.values()
    return statistics.median(of_large / of_small for of_small, of_large in zip(small, large, strict=True))


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


def _times(
    databases: dict[str, Database], length: str, now: float, kept: dict[str, KeptPieces], adds: bool | None
) -> dict[str, list[float]]:
    """Seconds of reads, which alternate; `adds` None: by processes that know nothing from before."""
    after = int(now // 60) + 1
    span = (after - LENGTHS[length], after)
    found: dict[str, list[float]] = {name: [] for name in databases}
    for at in range(RUNS + 3):
        for name, database in databases.items():
            if adds:
                _add(database, now)
            known = KeptPieces() if adds is None else kept[name]
            took = seconds(lambda one=database, known=known: codec.encode(
                overview(one, EndpointsQuery(), span, now, known)
            ))  # fmt: skip
            if at >= 3:
                found[name].append(took)
    return found


def _add(database: Database, now: float) -> None:
    """A hit of each endpoint in the newest minute."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO endpoint_minutes AS m SELECT to_timestamp(%s), id, 1, 50000000, 1000000, 2000000000, %s"
            " FROM endpoint_series ON CONFLICT (timestamp, series_id) DO UPDATE SET hits = m.hits + 1,"
            " sketch = m.sketch || EXCLUDED.sketch",
            (now // 60 * 60, histogram.encode({0: 1})),
        )
