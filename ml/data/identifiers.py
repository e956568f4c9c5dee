"""Columns that name somebody or tell the time, and would be learnt as if their size meant something: left out.

An id that comes back next week says nothing by being large; a clock or a counter has other values whenever the model
scores. Whoever wants one learnt names it among the features, or as words. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ml.data import time_words
from ml.data.features import PRODUCT, Feature
from ml.data.table import Mapping, Table

_WHOSE = (
    "tx|txn|trans|transaction|user|customer|client|member|card|account|acct|wallet|order|merchant|terminal|device|"
    "session|entity|event|payment|invoice|ticket|buyer|seller|shop|store"
)
_ID = re.compile(
    r"(?i:(?:^|[_\s.\-])(?:id|uuid|guid|uid)$)|[a-z0-9]I[dD]$|"
    rf"(?i:(?:^|[_\s.\-])(?:{_WHOSE})[_\s.\-]?(?:id|key|number|num|no|nr|ref|reference)$)"
)
_MONEY = re.compile(r"amount|amt|price|value|total|usd|eur|sum|cost|balance", re.IGNORECASE)
_KNOWN = {feature.name for feature in PRODUCT}
FEW = 12  # different values up to which a number is a kind of thing, not a name
LONG = 1e8  # whole numbers of at least nine digits, all of the same length, name something: cards, phones
_EPOCHS = [(9.4e8 * unit, 4.2e9 * unit) for unit in (1.0, 1e3, 1e6, 1e9)]  # 2000 to 2100 in s, ms, µs and ns
_RISES = 0.99  # correlation of ranks with the order of time from which on a column is a clock or a counter


def without(table: Table, mapping: Mapping) -> Table:
    """The table without such columns, and with all that was left out named; unchanged where nothing else would be left.

    What `mapping` names as a feature or as words stays.
    """
    asked = {*mapping.features, *mapping.categorical}
    found = {
        feature.name: reason
        for column, feature in enumerate(table.features)
        if feature.name not in asked and (reason := why(feature, table.rows[:, column], mapping.amount))
    }
    said = [*table.left_out, *(f"column {name!r}: excluded on request" for name in mapping.ignore)]
    if mapping.features:
        said.append("every column that was not named as a feature")
    kept = [place for place, feature in enumerate(table.features) if feature.name not in found]
    if not kept:
        notes = (
            f"Column {name!r} {reason}; it was used anyway because no other column is left."
            for name, reason in found.items()
        )
        return replace(table, left_out=tuple(said), notes=(*table.notes, *notes))
    said += [f"column {name!r}: it {reason}; name it as a feature to use it" for name, reason in found.items()]
    features = tuple(table.features[place] for place in kept)
    return replace(table, features=features, rows=np.ascontiguousarray(table.rows[:, kept]), left_out=tuple(said))


def why(feature: Feature, values: npt.NDArray[np.float32], amount: str | None) -> str:
    """What a column of stored values (m,), in order of time, tells beside what it means; "" for an honest feature."""
    if feature.name in _KNOWN or feature.name == amount or feature.kind == "flag":
        return ""
    if feature.kind == "category":
        return "holds times, which never repeat" if time_words.are_times(feature.categories) else ""
    present = values[np.isfinite(values)].astype(np.float64)
    distinct = np.unique(present)
    if len(distinct) <= FEW:
        return ""
    return next(_reasons(feature.name, present, distinct), "")


def _reasons(name: str, present: npt.NDArray[np.float64], distinct: npt.NDArray[np.float64]) -> Iterator[str]:
    whole = bool((distinct == np.floor(distinct)).all())
    if any(low <= distinct[0] and distinct[-1] <= high for low, high in _EPOCHS) and not _MONEY.search(name):
        yield "is a clock (seconds since 1970, or a part of them)"
    if whole and _ID.search(name):
        yield f"is an id ({len(distinct):,} whole numbers that name something)"
    if not _MONEY.search(name):
        if whole and len(distinct) == len(present) and distinct[-1] - distinct[0] == len(present) - 1:
            yield "only numbers the rows"
        if whole and distinct[0] >= LONG and np.floor(np.log10(distinct[0])) == np.floor(np.log10(distinct[-1])):
            yield "is an id (long whole numbers of one length)"
        if _rises(present, len(distinct)):
            yield "is a clock or a counter (it rises with time)"


def _rises(values: npt.NDArray[np.float64], distinct: int) -> bool:
    """Whether values go up, or down, with the order of the rows; in a few steps, without exception."""
    steps = np.diff(values)
    if (steps >= 0).all() or (steps <= 0).all():
        return True
    if distinct < len(values) / 2:
        return False
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return bool(abs(np.corrcoef(ranks, np.arange(len(values)))[0, 1]) >= _RISES)
