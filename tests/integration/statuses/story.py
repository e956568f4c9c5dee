"""A story of a source for tests of what is read and shown: usual minutes, and an incident of the denied up to now."""

import random

from core.db.engine import Database
from core.statuses.detector.params import Params
from statuses.judge import GRACE, Judge

USUAL = {"approved": 60.0, "denied": 5.0, "failed": 0.1}
CODES = {"approved": (("00", 1.0),), "denied": (("51", 0.7), ("05", 0.3)), "failed": (("96", 1.0),)}
Rows = list[tuple[int, str, str, int]]  # minute, status, code, count


def rows(now: float, minutes: int = 240, bad: int = 6, seed: int = 1, times: float = 6.0) -> Rows:
    """Rows of the minutes before `now`; in the last `bad` ones many are denied, with code 51."""
    draw, end = random.Random(seed), int(now // 60)
    found: Rows = []
    for minute in range(end - minutes, end):
        for status, mean in USUAL.items():
            more = times if status == "denied" and minute >= end - bad else 1.0
            for code, share in CODES[status]:
                part = mean * share * (more if code in ("51", "00") else 1.0)
                count = sum(draw.random() < part / 200 for _ in range(200))
                if count:
                    found.append((minute, status, code, count))
    return found


def put(db: Database, given: Rows, received_at: float, source: str = "shop") -> None:
    """Store rows as the writer does."""
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO status_counts VALUES (to_timestamp(%s), %s, %s, %s, '', %s, to_timestamp(%s))"
            " ON CONFLICT (timestamp, source, status, auth_code, dimensions) DO UPDATE SET count = excluded.count",
            [(minute * 60, source, status, code, count, received_at) for minute, status, code, count in given],
        )
        cursor.executemany(
            "INSERT INTO status_changes (source, minute, received_at) VALUES (%s, %s, to_timestamp(%s))",
            [(source, minute, received_at) for minute in sorted({row[0] for row in given})],
        )


def judge(db: Database, now: float) -> None:
    """Have everything judged that is closed at `now`."""
    one = Judge(db, Params(), "one")
    while one.step(now + GRACE):
        pass
    one.give_up()
