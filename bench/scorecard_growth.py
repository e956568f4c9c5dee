"""What the figures of Scorecard cost over half a year with 10 million predictions against 100,000 (C4).

Goal: at most 1.3 times. Both sides are sums of the same 4,368 hours, as the collector makes them of so many rows:
counts by score bin, label, week, override and shadow decision, and feature histograms of 30 features by day. A time is
the best of its runs, taken in turn.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from bench import harness
from console.analytics.scorecard import read, score_bins, sums
from core import clock
from core.analytics.periods import DAY, HOUR, Span
from core.db.engine import Database, execute_values
from core.db.migrate import migrate
from core.db.queries import text_of
from core.models.drift.baseline import fit
from core.models.performance import calibration
from core.models.registry import ReferenceBins

SMALL, LARGE, RUNS, GOAL = 100_000, 10_000_000, 7, 1.3
HOURS, FEATURES = 26 * 7 * 24, 30
LABELS = {"": 0.7, "legit": 0.25, "fraud": 0.05}
POLICIES = ((0.4, 0.7), (0.25, 0.55))
SCORES = "hour, model_version, label, predictions, bins, counts, amounts, squares"


def main() -> int:
    """Exit code 0 when it costs no more than GOAL."""
    random = np.random.default_rng(1)
    scores = random.beta(0.4, 1.6, 20_000).astype(np.float32)
    labels = (random.random(20_000) < scores).astype(float)
    bins = [ReferenceBins(f"f{n}", [0.1 * at for at in range(1, 10)], [2000] * 10 + [0]) for n in range(FEATURES)]
    kept = sums.Kept(bins, fit({"score": scores}, {"score": "score"}), calibration.fit(labels, scores))
    start = (clock.now() // (7 * DAY) - 26) * 7 * DAY + 4 * DAY  # a Monday
    span = Span(int(start), int(start) + HOURS * HOUR)
    with harness.servers() as (first, _), harness.servers() as (second, _):
        sides = [Database(first), Database(second)]
        for database, rows in zip(sides, (SMALL, LARGE), strict=True):
            migrate(database)
            fill(database, rows, span.start)
        works: list[Callable[[], object]] = [partial(page, one, kept, span) for one in sides]
        for work in works:
            work()
        few, many = (min(times) for times in harness.alternate(RUNS, *works))
        for database in sides:
            database.close()
    ratio = many / few
    word = "met" if ratio <= GOAL else "NOT MET"
    print(f"scorecard over 26 weeks: {1000 * few:.0f} ms of {SMALL:,} rows, {1000 * many:.0f} ms of {LARGE:,}: "
          f"{ratio:.2f} x (goal at most {GOAL:g} x) {word}")  # fmt: skip
    return 0 if ratio <= GOAL else 1


def page(database: Database, kept: sums.Kept, span: Span) -> None:
    """Everything that the page reads and computes."""
    with database.transaction() as connection:
        read.models(connection, span)
        counts = read.score_counts(connection, 1, span)
        sums.stable(connection, 1, kept, span, counts["all"])
        sums.sharp(connection, 1, kept, span, 100, span.end + 60 * DAY)
        sums.swapped(counts, *POLICIES)
        sums.overridden(connection, 1, span)
        sums.challenged(connection, 2, span)


def fill(database: Database, rows: int, start: int) -> None:
    """The sums of so many rows."""
    random = np.random.default_rng(2)
    shares = score_bins.counted(random.beta(0.4, 1.6, 2_000_000)) / 2_000_000
    hours = [clock.to_datetime(start + n * HOUR) for n in range(HOURS)]
    made: dict[str, list[tuple[Any, ...]]] = {"scores": [], "vintages": [], "overrides": [], "shadows": []}
    for at in hours:
        for label, share in LABELS.items():
            counts = random.multinomial(random.poisson(rows / HOURS * share), shares)
            if not counts.sum():
                continue
            used = np.flatnonzero(counts)
            n = counts[used].tolist()
            money = [30.0 * one for one in n] if label == "fraud" else None
            made["scores"].append((at, 1, label, sum(n), used.tolist(), n, money, money))
        week = at.date() - timedelta(days=at.weekday())
        lags = random.multinomial(random.poisson(rows / HOURS * LABELS["fraud"]), [0.5, 0.25, 0.15, 0.07, 0.03])
        made["vintages"] += [(at, week + timedelta(weeks=lag), int(n)) for lag, n in enumerate(lags) if n]
        made["overrides"] += _few(random, rows / HOURS / 10, at, (1,), (True, False), ("fraud", "legit"), ("", "fraud"))
        decisions = ("APPROVED", "REVIEW", "BLOCKED")
        made["shadows"] += _few(random, rows / HOURS, at, (2,), (1,), decisions, decisions, tuple(LABELS))
    with database.raw() as connection, connection.cursor() as cursor:
        for topic, known in made.items():
            columns = f" ({SCORES})" if topic == "scores" else ""
            statement = f"INSERT INTO analytics_{topic}{columns} VALUES %s"  # nosec B608: names of ours
            execute_values(cursor, statement, known, page_size=2000)
        for day in range(0, HOURS, 24):
            cursor.execute(_days(), {"hour": hours[day]})
            _histogram(cursor, hours[day].date(), random, rows // (HOURS // 24))
        cursor.execute("ANALYZE")


def _few(random: Any, rows: float, at: Any, *columns: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """A row for each combination that so many rows hit."""
    combined: list[tuple[Any, ...]] = [(at,)]
    for values in columns:
        combined = [(*one, value) for one in combined for value in values]
    counts = random.multinomial(random.poisson(rows), [1 / len(combined)] * len(combined))
    return [(*one, int(n)) for one, n in zip(combined, counts, strict=True) if n]


def _days() -> str:
    """The part of the topic's query that makes a day from its hours."""
    return text_of("scores.put").split(";", 1)[1]


def _histogram(cursor: Any, day: date, random: Any, rows: int) -> None:
    counts = np.concatenate([[*random.multinomial(rows, [0.1] * 10), 0] for _ in range(FEATURES)]).tolist()
    cursor.execute("INSERT INTO feature_histograms VALUES (%s, 1, %s, %s)", (day, rows, counts))


if __name__ == "__main__":
    sys.exit(main())
