"""Much history in little time: `python -m simulator grow` stores predictions like those there are, over days gone by.

What the scoring service said of real traffic, the sales that it let through and some of the labels are drawn again
with other ids and times. PostgreSQL copies the rows itself (`simulator.bulk_insert`), and keys, roll-ups and histograms
are what the collector would have made. For sizing an installation; a second run with the same seed adds nothing twice.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import numpy as np

from core import clock
from core.db.engine import Database
from core.db.queries import query
from core.errors import BadInput
from core.events.types import Event, Label, Prediction, Transaction
from core.pipeline.writer import Writer
from simulator.bulk_insert import Bulk, Draw, Pattern

BATCH = 200_000
LABELS = 2_000
PATTERNS = 20_000
HOUR = 3600.0
LABELLED = 0.02  # of the predictions whose pattern has a label
_SALE = ("type", "platform_fee", "wallet", "counterparty", "event_id", "ticket_id", "ip")


class Known(msgspec.Struct, frozen=True):
    """What is drawn: a pattern, and its label with the seconds until it came, if it has one."""

    pattern: Pattern
    label: Label | None = None
    after: float = 0.0


def grow(database: Database, writer: Writer, count: int, days: float, seed: int, tell: Callable[[str], None]) -> int:
    """Store `count` predictions over `days` that end a day ago; how many were new. Raises BadInput without any."""
    known = patterns(database)
    if not known:
        raise BadInput("grow", "no stored predictions to sample from; start the stack or back-fill first")
    end = clock.now() - 24 * HOUR
    bulk = Bulk(database, writer, [one.pattern for one in known])
    labels: list[Event] = []
    new = done = 0

    def store(first: int) -> tuple[int, int]:
        draw = drawn(first, len(known), count, end - days * 24 * HOUR, end, seed)
        labels.extend(labels_of(draw, known, seed))
        return len(draw.names), bulk.store(draw, clock.now())

    # Two at a time: one is written down here while PostgreSQL stores the other.
    with ThreadPoolExecutor(2) as pool:
        for size, fresh in pool.map(store, range(0, count, BATCH)):
            done, new = done + size, new + fresh
            tell(f"{done:,} of {count:,} predictions")
    for first in range(0, len(labels), LABELS):
        writer.store(labels[first : first + LABELS], clock.now())
    return new


def patterns(database: Database) -> list[Known]:
    """Some of the newest stored predictions that have features, with their sales and labels."""
    with database.transaction() as connection:
        return [_known(row) for row in connection.execute(query("bulk.patterns"), {"most": PATTERNS}).mappings()]


def drawn(first: int, patterns: int, count: int, start: float, end: float, seed: int) -> Draw:
    """The draw that begins with prediction `first` of `count`, which are spread evenly from `start` to `end`.

    In order of time, so that each draw touches few slots. The same arguments give the same draw.
    """
    size, step = min(BATCH, count - first), (end - start) / count
    rng = np.random.default_rng((seed, first))
    times = start + step * (first + np.sort(rng.uniform(0, size, size)))
    names = [f"grown-{seed}-{number:09}" for number in range(first, first + size)]
    return Draw(names, np.round(times * 1e6).astype(np.int64), rng.integers(0, patterns, size))


def labels_of(draw: Draw, known: list[Known], seed: int) -> list[Label]:
    """What became known of a share of a draw, as it did of the patterns; never later than a day before the end."""
    labelled = np.array([one.label is not None for one in known])[draw.which]
    rng = np.random.default_rng((seed, 1, int(draw.times[0])))
    found = []
    for place in np.flatnonzero(labelled & (rng.random(len(labelled)) < LABELLED)).tolist():
        name, one = draw.names[place], known[int(draw.which[place])]
        assert one.label is not None
        when = min(float(draw.times[place]) / 1e6 + one.after, clock.now())
        own = {"id": f"{name}-{one.label.source}", "transaction_id": name, "timestamp": when}
        found.append(msgspec.structs.replace(one.label, **own))
    return found


def _known(row: Any) -> Known:
    """A row of `bulk.patterns`."""
    scored = {name: row[name] for name in Prediction.__struct_fields__ if name in row and name not in _SALE}
    # `flagged` was judged by the threshold of its time, which is not stored: one below every score, or above.
    threshold = 0.0 if row["flagged"] else 2.0
    prediction = Prediction(**scored, threshold=threshold, wallet=row["held_wallet"], ip=row["held_ip"])
    sale = label = None
    if row["type"] is not None:
        sold = {name: row[name] for name in _SALE}
        sale = Transaction(transaction_id=row["transaction_id"], amount=row["sale_amount"], **sold)
    if row["label"] is not None:
        label = Label(transaction_id=row["transaction_id"], label=row["label"], source=row["source"])
    return Known(Pattern(prediction, sale), label, float(row["after"] or 0.0))
