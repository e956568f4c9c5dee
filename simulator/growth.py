"""Much history in little time: `python -m simulator grow` stores predictions like those there are, over days gone by.

What the scoring service said of real traffic is drawn again with other ids and times, and goes to PostgreSQL by the
collector's own writer, so that keys, roll-ups and histograms are what they would have been. For sizing an installation;
a second run with the same seed adds nothing twice.
"""

from collections.abc import Callable, Iterator

import msgspec
import numpy as np

from core import clock
from core.errors import BadInput
from core.events import Prediction
from core.store.db import Database
from core.store.queries import query
from core.store.writer import Writer

BATCH = 20_000
PATTERNS = 20_000
HOUR = 3600.0


def grow(database: Database, writer: Writer, count: int, days: float, seed: int, tell: Callable[[str], None]) -> int:
    """Store `count` predictions over `days` that end a day ago; how many were new. Raises BadInput without any."""
    known = patterns(database)
    if not known:
        raise BadInput("grow", "there is no stored prediction to draw from; start the stack or back-fill first")
    end = clock.now() - 24 * HOUR
    new = 0
    for number, batch in enumerate(batches(known, count, end - days * 24 * HOUR, end, seed)):
        new += writer.store(batch, clock.now()).new
        if number % 25 == 24:
            tell(f"{(number + 1) * BATCH:,} of {count:,} predictions")
    return new


def patterns(database: Database) -> list[Prediction]:
    """Some of the newest stored predictions, with their features."""
    with database.transaction() as connection:
        found = connection.execute(query("predictions.patterns"), {"most": PATTERNS}).mappings()
        return [Prediction(**{**row, "threshold": 0.6, "feature_values": row["feature_values"]}) for row in found]


def batches(known: list[Prediction], count: int, start: float, end: float, seed: int) -> Iterator[list[Prediction]]:
    """Draws in order of time, so that a batch touches few slots. The same arguments give the same predictions."""
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        rng = np.random.default_rng((seed, first))
        step = (end - start) / count
        times = start + step * (first + np.sort(rng.uniform(0, size, size)))
        which = rng.integers(0, len(known), size)
        batch = []
        for offset, (when, index) in enumerate(zip(times.tolist(), which.tolist(), strict=True)):
            name = f"grown-{seed}-{first + offset}"
            batch.append(msgspec.structs.replace(known[index], id=name, transaction_id=name, timestamp=when))
        yield batch
