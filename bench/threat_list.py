"""What the threat list adds to a scoring request: the service's short way with an empty list and with a long one.

15,000 wallets and 15,000 addresses are listed; none of the requests' is among them, as on an ordinary day. Both cases
are the same program in one process, so what is compared is the look-up and nothing else.
"""

import dataclasses
import statistics
import sys
import tempfile
from pathlib import Path

from bench import guard, harness
from bench.scoring import prepare
from core import clock
from core.audit.chain import Audit
from core.db.engine import Database
from core.security import threat_store
from core.security.threat_store import New
from core.settings import load
from ml.serve.app import create

RUNS, ENTRIES = 9, 15_000
GOAL = 0.05


def main() -> int:
    """Run both cases in turn; 0 when the list adds less than a twentieth of a scoring request."""
    with harness.servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
        bodies = prepare(Path(folder), database_url, redis_url).read_bytes().splitlines()
        environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": folder}
        known = dataclasses.replace(load(environ), auth=False)
        cases = {"empty": create(known), "long": create(known)}
        guard.measure(cases["empty"].wsgi_app, guard.NEAR, bodies)  # reads its list while that is empty
        cases["empty"].threats.refresh = lambda: None  # type: ignore[method-assign]
        fill(database_url)
        guard.measure(cases["long"].wsgi_app, guard.NEAR, bodies)
        found: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(RUNS):
            for name, app in cases.items():
                found[name].append(guard.measure(app.wsgi_app, guard.NEAR, bodies)["cpu_us"])
        listed = {name: len(app.threats.listed().wallets) for name, app in cases.items()}
        for app in cases.values():
            app.extensions["serving"].stop()
            app.close()
    middle = {name: statistics.median(runs) for name, runs in found.items()}
    share = middle["long"] / middle["empty"] - 1
    print(f"wallets listed: {listed}; CPU us a request: {middle}; runs: {found}")
    print(f"share of a scoring request: {share:+.1%} (goal below {GOAL:.0%}) {'met' if share <= GOAL else 'NOT MET'}")
    return 0 if share <= GOAL else 1


def fill(database_url: str) -> None:
    """Put the entries on the list."""
    database = Database(database_url)
    wallets = [New("wallet", f"0x{number:040x}", "listed", "bench", None) for number in range(ENTRIES)]
    addresses = [
        New("ip", f"198.51.{number // 256}.{number % 256}", "listed", "bench", None) for number in range(ENTRIES)
    ]
    with database.transaction() as connection:
        threat_store.put_many(connection, Audit("bench"), wallets + addresses, "bench", clock.now(), "bench")
    database.close()


if __name__ == "__main__":
    sys.exit(main())
