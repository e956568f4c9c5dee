"""What a row of transaction statuses costs us, from the request to the table: CPU of the API and of the collector.

`python -m bench statuses_ingest`. Minutes of six statuses, seventeen codes and ten gateways are posted in bodies of
1,000 and of 5,000 rows, answered, taken through the stream and stored. The plain way is the driver's own upsert of the
same rows (psycopg2's `execute_values`), with neither checks nor answers nor a stream. The servers' CPU is not counted.
"""

import itertools
import json
import os
import statistics
import sys
import time

from psycopg2.extras import execute_values

from bench._limits import cpu_seconds
from bench.harness import gunicorn, servers
from collector.consume import Consume
from core import settings
from core.clock import to_datetime
from core.events.status_series import dimensions_text
from core.http import HttpClient
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble

SIZES, ROWS, RUNS = (1_000, 5_000), 40_000, 5
MOST_MICROSECONDS = 20.0
STATUSES = ("approved", "denied", "failed", "reversed", "refunded", "backend_reversed")
_UPSERT = (
    "INSERT INTO plain (timestamp, source, status, auth_code, dimensions, count) VALUES %s"
    " ON CONFLICT (source, timestamp, status, auth_code, dimensions) DO UPDATE SET count = excluded.count"
)
Row = dict[str, str | int]
_parts = itertools.count()


def main() -> int:
    """Print microseconds a row and the ratio to the plain upsert; 0 when the goal is met at both sizes."""
    worst = 0.0
    with servers() as (database_url, redis_url):
        known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url})
        environ = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_AUTH": "off"}
        stores = assemble(known)
        with stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE plain (LIKE status_counts INCLUDING ALL)")
            cursor.execute("ALTER TABLE plain ALTER received_at SET DEFAULT now()")
        loop = Consume(
            Consumer(stores.live, "bench"), stores.writer, stores.database, known.config.ingest, lambda _: None
        )
        with gunicorn("monitoring_api:app", environ) as (port, master):
            client = HttpClient(f"http://127.0.0.1:{port}", timeout=60.0)
            for size in SIZES:
                found = [_run(size, run, client, master, loop, stores) for run in range(RUNS + 1)][1:]
                api, collector, plain = (statistics.median(values) for values in zip(*found, strict=True))
                whole = [one + two for one, two, _ in found]
                worst = max(worst, statistics.median(whole))
                print(
                    f"{size:,} rows a body: {statistics.median(whole):.1f} us a row (API {api:.1f}, collector "
                    f"{collector:.1f}; goal {MOST_MICROSECONDS:g}), {1e6 / statistics.median(whole):,.0f} rows a second"
                    f" and core; {statistics.median(whole) / plain:.2f} x a plain upsert ({plain:.1f} us)",
                    flush=True,
                )
        stores.close()
    print("met" if worst <= MOST_MICROSECONDS else "NOT MET")
    return 0 if worst <= MOST_MICROSECONDS else 1


def _run(
    size: int, run: int, client: HttpClient, master: int, loop: Consume, stores: Stores
) -> tuple[float, float, float]:
    """CPU microseconds a row of the API, of the collector and of the plain upsert."""
    rows = _rows(next(_parts))
    bodies = [json.dumps(rows[start : start + size]).encode() for start in range(0, ROWS, size)]
    before = cpu_seconds([master])
    for body in bodies:
        answer = client.request("POST", "/api/transaction", body=body, headers={"Content-Type": "application/json"})
        assert answer.status == 200, answer.body[:300]
    api = cpu_seconds([master]) - before
    begun = time.process_time()
    while loop.step():
        pass
    collector = time.process_time() - begun
    begun = time.process_time()
    for start in range(0, ROWS, size):
        with stores.database.raw() as connection, connection.cursor() as cursor:
            values = [
                (to_datetime(int(row["timestamp"])), row["source"], row["status"], row["auth_code"],
                 dimensions_text({"gateway": row["gateway"]}), row["count"])
                for row in rows[start : start + size]
            ]  # fmt: skip
            execute_values(cursor, _UPSERT, values, page_size=size)
    plain = time.process_time() - begun
    return api / ROWS * 1e6, collector / ROWS * 1e6, plain / ROWS * 1e6


def _rows(part: int) -> list[Row]:
    """Rows of minutes, a minute's series one after another; each part goes on where the one before ended."""
    first = 1_750_000_000 // 60 * 60
    a_minute = [
        (status, f"{code:02}", f"g{gateway}") for status in STATUSES for code in range(17) for gateway in range(10)
    ]
    return [
        {
            "timestamp": first + (part * ROWS + number) // len(a_minute) * 60,
            "source": "bench",
            "status": status,
            "auth_code": code,
            "gateway": gateway,
            "count": number % 97,
        }
        for number in range(ROWS)
        for status, code, gateway in [a_minute[(part * ROWS + number) % len(a_minute)]]
    ]


if __name__ == "__main__":
    sys.exit(main())
