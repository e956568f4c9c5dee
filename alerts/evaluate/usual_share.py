"""Limits of a share as parts of what is usual for it, instead of figures that somebody fixed. Pure.

`below` 0.5: bad under half of the usual share. `above` 0.95: bad where less than a twentieth of what usually remains to
100 % remains: of 97 % usually approved, from 99.85 %. Of the last hours and of this time of the last days the centre
counts that is stricter: an incident that lasts for hours does not become usual.
"""

from collections.abc import Sequence

import numpy as np

Band = tuple[float, float]
# So many of what usually remains must be due in a window before their absence says anything: by chance alone a window
# lacks them all once in a million.
LEAST_DUE = 14.0


def limited(
    band: Band | None, samples: Sequence[np.ndarray], below: float | None, above: float | None, n: int
) -> Band | None:
    """The range of a percentage of which the newest counts `n`, with these limits in place of its own; None where
    nothing was learnt.
    """
    if band is None or (below is None and above is None):
        return band
    centres = [float(np.nanmedian(one)) for one in samples if np.count_nonzero(~np.isnan(one))]
    low = band[0] if below is None else below * max(centres)
    remains = 100.0 - min(centres)
    if above is None:
        return low, band[1]
    return low, 100.0 - (1.0 - above) * remains if n * remains / 100.0 >= LEAST_DUE else 100.0
