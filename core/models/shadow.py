"""What a challenger in shadow said of live traffic, beside what the champion answered; never read by a decision."""

from collections.abc import Iterable
from typing import Any

import msgspec

from core.clock import to_datetime
from core.db import copy_rows as rows
from core.db.engine import Database
from core.db.queries import query, sql
from core.policy import Decision

HOUR = 3600
TABLE = (
    "shadow_predictions",
    "timestamp, version, champion_version, fraud_score, champion_score, decision, champion_decision, transaction_id",
)


class Shadowed(msgspec.Struct, frozen=True):
    """One transaction that both scored; `timestamp` in epoch seconds, scores 0..1."""

    timestamp: float
    transaction_id: str
    version: int
    champion_version: int
    score: float
    champion_score: float
    decision: Decision
    champion_decision: Decision


class Agreement(msgspec.Struct, frozen=True):
    """How often the two decided alike: `n` transactions of one pair of decisions, of which labelled and fraud."""

    champion: Decision
    challenger: Decision
    n: int
    labelled: int
    frauds: int


class Comparison(msgspec.Struct, frozen=True):
    """A challenger beside its champions since some time. `mean_difference`: challenger's score less champion's."""

    version: int
    n: int
    same_decision: float
    mean_difference: float
    pairs: list[Agreement]


def store(database: Database, found: Iterable[Shadowed]) -> None:
    """Keep what a challenger said, and note the hours for the sums of Analytics."""
    kept = list(found)
    hours = sorted({row.timestamp // HOUR * HOUR for row in kept})
    with database.raw() as connection, connection.cursor() as cursor:
        rows.copy(cursor, TABLE, map(_line, kept))
        if hours:
            given = {"source": "predictions", "hours": [to_datetime(hour) for hour in hours]}
            cursor.execute(sql("analytics_rollup.note"), given)


def comparison(database: Database, version: int, since: float) -> Comparison:
    """What challenger `version` said since `since` (epoch seconds); a transaction that came twice counts once."""
    values = {"version": version, "since": since}
    with database.transaction() as connection:
        groups = connection.execute(query("shadow.comparison"), values).all()
    pairs = [Agreement(row.champion, row.challenger, row.n, row.labelled, row.frauds) for row in groups]
    n = sum(pair.n for pair in pairs)
    same = sum(pair.n for pair in pairs if pair.champion == pair.challenger)
    apart = sum(row.difference for row in groups)
    return Comparison(version, n, same / n if n else 0.0, apart / n if n else 0.0, pairs)


def reach(database: Database, version: int, since: float, rows: int) -> float:
    """From when on (epoch seconds) at most `rows` transactions were scored in the shadow, not before `since`."""
    with database.transaction() as connection:
        found = connection.execute(query("shadow.reach"), {"version": version, "since": since, "rows": rows}).scalar()
    return since if found is None else float(found)


def labelled(database: Database, version: int, since: float) -> list[Any]:
    """Rows (fraud, champion_score, score) of the shadowed transactions whose truth is known."""
    with database.transaction() as connection:
        return list(connection.execute(query("shadow.labelled"), {"version": version, "since": since}).all())


def _line(row: Shadowed) -> str:
    return (
        f"{to_datetime(row.timestamp).isoformat()}\t{row.version}\t{row.champion_version}\t{row.score!r}\t"
        f"{row.champion_score!r}\t{row.decision}\t{row.champion_decision}\t{rows.text(row.transaction_id)}\n"
    )
