"""When a series fires, and when it is as usual again: shared by both kinds of series. Pure.

Onset is the last zero of the CUSUM that fired; of several, the latest. While it fires, the level of the incident is
measured, and the same test runs the other way: usual against that level. It must reach its line, and have begun a hold
ago. What lasts longer becomes the usual.
"""

from typing import NamedTuple

import numpy as np

from core.statuses.detector.arrays import FLOAT, Array, kept
from core.statuses.detector.params import Common

ROWS = 6
# Minutes since it fired (0: quiet) and since the onset; counts and exposure of the incident's level; the reverse CUSUM
# and the minutes since its last zero.
FIRED, ONSET, LEVEL, EXPOSURE, REVERSE, USUAL = range(ROWS)


_EXPLAINS = FLOAT(0.95)  # of the largest CUSUM


class Change(NamedTuple):
    """What became of each series in a minute: masks, and minutes since the onset and since the end."""

    fired: Array
    recovered: Array
    renewed: Array
    onset: Array
    ended: Array


def raise_cusum(cusum: Array, since: Array, llr: Array, judged: Array, longest: int) -> None:
    """Add a minute's evidence to the CUSUMs, in place; `since` counts the minutes from each one's last zero.

    One that has not fired after `longest` minutes is a drift, which the level follows, and starts anew.
    """
    np.maximum(cusum + llr, 0, out=cusum)
    cusum *= judged & (since < longest)
    since += 1
    since *= cusum > 0


def suspicious(cusum: Array, since: Array, line: float, p: Common) -> Array:
    """Where a minute may belong to an incident that does not fire yet."""
    near: Array = np.any((cusum >= FLOAT(p.suspicious * line)) & (since <= p.patience), axis=0)
    return near


def fire(rows: Array, cusum: Array, since: Array, line: float, counts: Array, exposures: Array) -> Array:
    """Which series fire now, in place. `counts` and `exposures` are the last minutes', the newest first."""
    best = cusum.argmax(axis=0)
    each = np.arange(cusum.shape[1])
    fired: Array = (cusum[best, each] >= line) & (rows[FIRED] == 0)
    if not fired.any():
        return fired
    # A small change may begin with what chance brought before; of those that explain it as well, the latest is nearer.
    explains = cusum >= _EXPLAINS * cusum[best, each]
    onset = np.where(explains, since, since.max()).min(axis=0)
    recent = (np.arange(len(counts))[:, None] < onset) & np.isfinite(counts) & np.isfinite(exposures)
    rows[ONSET] = np.where(fired, onset - 1, rows[ONSET])
    rows[LEVEL] = np.where(fired, np.where(recent, counts, 0).sum(axis=0), rows[LEVEL])
    rows[EXPOSURE] = np.where(fired, np.where(recent, exposures, 0).sum(axis=0), rows[EXPOSURE])
    for row in (REVERSE, USUAL):
        rows[row] = np.where(fired, 0, rows[row])
    rows[FIRED] = np.where(fired, 1, rows[FIRED])
    cusum[:, fired] = 0
    since[:, fired] = 0
    return fired


def advance(
    rows: Array, firing: Array, usual_llr: Array, count: Array, exposure: Array, p: Common, lasts: Array
) -> Change:
    """A minute of the series that fire already (`firing`), in place. `usual_llr` is the evidence for "as usual";
    what `lasts` so many minutes is the new normal."""
    none = np.zeros(rows.shape[1], bool)
    onset = rows[ONSET].copy()
    if not firing.any():
        return Change(none, none, none, onset, onset)
    reverse = np.where(firing, np.maximum(rows[REVERSE] + usual_llr, 0), 0)
    rows[REVERSE] = reverse
    rows[USUAL] = np.where(reverse > 0, rows[USUAL] + 1, 0)
    goes_on = firing & (reverse == 0)
    keep = FLOAT(kept(p.level_half_life))
    rows[LEVEL] = np.where(goes_on, keep * rows[LEVEL] + count, rows[LEVEL])
    rows[EXPOSURE] = np.where(goes_on, keep * rows[EXPOSURE] + exposure, rows[EXPOSURE])
    rows[FIRED] += firing
    rows[ONSET] += firing
    recovered: Array = firing & (reverse >= p.recovery) & (rows[USUAL] >= p.hold)
    renewed: Array = firing & ~recovered & (rows[FIRED] > lasts)
    change = Change(none, recovered, renewed, rows[ONSET].copy(), rows[USUAL].copy())
    rows[FIRED] = np.where(recovered | renewed, 0, rows[FIRED])
    return change
