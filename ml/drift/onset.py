"""Where in a column's rows a change begins: the stretch whose values speak most for what is there now. Pure.

Values are put into the reference's categories or deciles. Each then weighs log(p now / p before), and the stretch with
the largest sum begins where the change does (Page 1954; a largest stretch, not a largest rest, because a change may end
again). What is there now is counted anew within the stretch, and the stretch looked for again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.models.drift.baseline import Category, Numeric
from core.models.drift.columns import category
from core.tabular import missing_values

ROUNDS = 3
SURE = 3.0  # nats by which another beginning must be better than that of the chunk: by chance one in twenty is (e^-3)
_Codes = npt.NDArray[np.intp]
_Sums = npt.NDArray[np.float64]


def onset(base: Numeric | Category, values: Sequence[Any], changed: int) -> int:
    """The index in `values` at which the change begins; those from `changed` on are known to be changed as a whole."""
    codes, before = _coded(base, values)
    now = np.bincount(codes[changed:], minlength=len(before))
    start = changed
    for _ in range(ROUNDS):
        k = len(before)
        gain = np.log((now + 0.5) / (now.sum() + k / 2)) - np.log((before + 0.5) / (before.sum() + k / 2))
        start, end = _stretch(gain[codes], changed)
        now = np.bincount(codes[start:end], minlength=k)
    return start


def _stretch(gains: _Sums, changed: int) -> tuple[int, int]:
    """The slice with the largest sum; from `changed` on, when another beginning is not clearly better."""
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    start = int(np.argmin(sums[: end + 1]))
    if end > changed and sums[changed] - sums[start] < SURE:
        start = changed
    return start, max(end, start + 1)


def _coded(base: Numeric | Category, values: Sequence[Any]) -> tuple[_Codes, _Sums]:
    """Each value's bin, and how often each bin occurred in the reference; missing values are the last."""
    if isinstance(base, Numeric):
        cuts = base.grid[base.deciles].astype(float)
        counts = np.diff(base.upto[base.deciles], prepend=0.0, append=float(base.present))
        known = {value: _bin(value, cuts) for value in set(values)}
        codes = np.array([known[value] for value in values], dtype=np.intp)
        return codes, np.append(counts, base.missing).astype(float)
    places: dict[str | None, int] = {word: index for index, word in enumerate(base.counts)}
    found = {value: _word(value, base) for value in set(values)}
    for word in found.values():  # a new category is a bin of its own; one of many may only be rare
        if word is not None:
            places.setdefault(word, len(places) if base.buckets is None else -1)
    size = max(places.values(), default=-1) + 1
    rest = size + 1  # missing values, then what is not told apart
    codes = np.array([_place(places, found[value], size, rest) for value in values], dtype=np.intp)
    before = np.zeros(size + 2)
    for word, count in base.counts.items():
        before[places[word]] = count
    before[size], before[rest] = base.missing, base.present - sum(base.counts.values())
    return codes, before


def _place(places: dict[str | None, int], word: str | None, missing: int, rest: int) -> int:
    place = missing if word is None else places[word]
    return rest if place < 0 else place


def _bin(value: Any, cuts: _Sums) -> int:
    number = _number(value)
    return len(cuts) + 1 if number is None else int(np.searchsorted(cuts, number))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        said = missing_values.truth(str(value))
        return None if said is None else float(said)
    return None if np.isnan(number) else float(np.float32(number))


def _word(value: Any, base: Category) -> str | None:
    number = _number(value) if base.numeric else None
    return category(value) if number is None else f"{number:.7g}"
