"""Baselines that a person puts in force (T3): what was learnt from a history, versioned, audited, and taken back."""

import argparse
from collections.abc import Callable, Sequence

import numpy as np

from core import clock
from core.db.queries import query
from core.errors import BadInput
from core.statuses import feed_codec
from core.statuses.detector.arrays import Array
from core.statuses.detector.params import DAY, Params
from core.statuses.feed import Counts, Feed, advance, rested, start
from core.statuses.history import History
from core.stores import Stores

ACTOR = "command line"


def learnt(histories: Sequence[History], p: Params) -> Feed:
    """The source after a history of statuses and, as the second, one of codes; nothing of it is suspicious."""
    first = min(history.first for history in histories)
    last = max(history.first + history.minutes for history in histories)
    reported = [history.totals for history in histories]
    feed = start(first - 1)
    for at in range(first, last):
        both = [_minute(history, totals, at) for history, totals in zip(histories, reported, strict=True)]
        feed = advance(feed, at, Counts(both[0], both[1]) if len(both) > 1 else Counts(both[0], None), p).feed
    return rested(feed, feed.at)


def put(stores: Stores, source: str, feed: Feed, learnt_from: str, now: float) -> int:
    """Put a baseline in force from the next minute on; its version. Raises BadInput for less than a day of history."""
    age = float(feed.state.source.age.max())
    if age < DAY:
        raise BadInput("file", f"covers {age:.0f} minutes; a baseline needs at least a day")
    values = {"source": source, "learnt_from": learnt_from, "by": ACTOR, "now": now}
    with stores.database.transaction() as connection:
        connection.execute(query("status_baselines.lock"), {"source": source})
        made = connection.execute(query("status_baselines.put"), {**values, "state": feed_codec.encode(feed)})
        version = int(made.scalar_one())
        after = {"version": version, "learnt_from": learnt_from, "series": len(feed.names)}
        stores.audit.append(connection, ACTOR, "status-baseline.apply", f"status-source:{source}", None, after)
    return version


def revert(stores: Stores, source: str) -> int:
    """Take the newest baseline back: what came since is judged as if it had never been. Raises BadInput for none."""
    with stores.database.transaction() as connection:
        row = connection.execute(query("status_baselines.revert"), {"source": source}).first()
        if row is None:
            raise BadInput("--source", f"{source!r} has no active baseline")
        connection.execute(query("status_baselines.judge_again"), {"source": source, "minute": row[1]})
        before = {"version": row[0], "learnt_from": row[2]}
        stores.audit.append(connection, ACTOR, "status-baseline.revert", f"status-source:{source}", before, None)
    return int(row[0])


def run(arguments: argparse.Namespace, stores: Stores, tell: Callable[[str], None]) -> int:
    """The command `baseline`."""
    if arguments.what == "revert":
        tell(f"Baseline {revert(stores, arguments.source)} of {arguments.source} is reverted.")
        return 0
    with stores.database.transaction() as connection:
        rows = list(connection.execute(query("status_baselines.list"), {"source": arguments.source}))
    for version, in_force, learnt_from, by, at in rows:
        tell(f"{version}  {'active' if in_force else 'reverted'}  {clock.iso(at)}  {learnt_from}  ({by})")
    if not rows:
        tell(f"{arguments.source} has no baseline; python -m statuses analyze FILE --apply makes one.")
    return 0


def _minute(history: History, totals: Array, at: int) -> dict[str, float] | None:
    """What a history has of a minute; None where nothing was reported."""
    place = at - history.first
    if not 0 <= place < history.minutes or np.isnan(totals[place]):
        return None
    column = history.counts[:, place]
    return {name: float(count) for name, count in zip(history.statuses, column, strict=True) if count}
