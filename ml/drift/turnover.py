"""Categories that are new, and those that are gone: how sure it is that chance did not do it. Pure.

A category that comes once may be a slip of somebody's pen, and one that was rare may be missing by chance. So new ones
are judged by how many rows the reference itself has whose category it had not seen before (those that occur once in it;
Good 1953), and gone ones by how many rows were to be expected.
"""

from dataclasses import dataclass

import numpy as np

from core.models.drift.baseline import Category
from core.models.drift.columns import Words
from ml.drift import significance

LISTED = 5
EXPECTED = 5.0  # rows from which a category that does not occur is worth a word


@dataclass(frozen=True, slots=True)
class Turnover:
    """Names of new categories with their rows, the commonest first, and of those that are gone; `p` by itself."""

    new: list[str]
    rows: int
    gone: list[str]
    p: float

    def told(self) -> list[str]:
        """Both as notes."""
        notes = []
        if self.new:
            notes.append(f"new: {listed(self.new)} ({self.rows:,} {'row' if self.rows == 1 else 'rows'})")
        if self.gone:
            notes.append(f"gone: {listed(self.gone)}")
        return notes


def turnover(base: Category, words: Words) -> Turnover | None:
    """What is new and gone, None when nothing is. Of hashed categories only the commonest are known to be gone."""
    n, m = words.rows - words.missing, base.present
    if not n or not m:
        return None
    gone = [k for k, was in base.counts.items() if k not in words.counts and was * n / m >= EXPECTED]
    gone.sort(key=lambda key: (-base.counts[key], key))
    new: dict[str, int] = {}
    if base.buckets is None:
        new = {k: now for k, now in words.counts.items() if now and k not in base.counts}
    if not gone and not new:
        return None
    rows, once = sum(new.values()), sum(was == 1 for was in base.counts.values())
    p_gone = [significance.shares(0, n, base.counts[key], m) for key in gone]
    p = min([1.0, *(one * len(base.counts) for one in p_gone)])
    if rows and rows / n > once / m:
        p = min(p, significance.shares(rows, n, once, m))
    both = bool(gone) and bool(new)
    ranked = sorted(new, key=lambda key: -new[key])
    return Turnover(ranked, rows, gone, float(np.minimum(1.0, p * (2 if both else 1))))


def listed(names: list[str]) -> str:
    """Names of categories, the first few of them."""
    shown = ", ".join(repr(name[:40]) for name in names[:LISTED])
    return shown + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")
