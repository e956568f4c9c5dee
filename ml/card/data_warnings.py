"""What to beware of in a model and its data: no better than chance, few frauds, no times, rows that come twice. Pure.

Each caution is one sentence of the model card; none of them is an error, because each may be right.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from core.tabular import dates
from ml.data import leaks
from ml.data.split import Protocol, Split
from ml.data.table import Table
from ml.train import metrics
from ml.train.metrics import Array

FEW_FRAUDS = 30
SMALL_TIMES = 1e8  # seconds; nobody sold tickets before March 1973, so smaller times are durations or days
CLEAR, OFF = 3.3, 1.3  # standard errors, and times, from which on two rates differ
REPEATED = 0.5  # share of the test rows that the model has seen, from which on they are worth a word
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number whose bits are mixed: 2^64 over the golden ratio
VARIED = 0.5  # share of all rows that differ, below which equal rows are no wonder


def of(
    table: Table, split: Split, scores: Array, protocol: Protocol | None = None, drawn: dict[str, Any] | None = None
) -> list[str]:
    """The cautions of a model; `scores` (m,) are of the rows `split.newer`, and `drawn` are their 95 % intervals."""
    rules = protocol or Protocol()
    return [
        *table.notes,
        *_protocol(table, split, rules),
        *_frauds(table, split),
        *(_chance(table.labels[split.newer], scores, drawn) if drawn else ()),
        *_level(table.labels[split.newer], scores),
        *_shift(table, split),
        *_times(table),
        *leaks.of(table, split),
        *_numbers(table),
        *_rows(table, split, scores),
    ]


def _protocol(table: Table, split: Split, rules: Protocol) -> Iterator[str]:
    if rules.shuffle:
        entities = "; the same cards and wallets are on both sides" if table.entities is not None else ""
        yield (
            f"The test rows are a random sample, so the model was trained on the period it is tested on{entities}: "
            "expect worse results in production."
        )
    elif rules.drop_known and table.entities is not None and rules.assumed and not rules.delay_days:
        yield (
            "No label delay was given, so none is assumed: an entity counts as known from the day after its first "
            "fraud. With a delay, more frauds remain to be found."
        )
    if split.known_frauds:
        yield (
            f"{_of(split.known, split.known_frauds)} of entities with known fraud are excluded from the test; "
            f"{_of(len(split.newer), int(table.labels[split.newer].sum()))} are left."
        )


def _of(rows: int, frauds: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'} with {frauds:,} fraud{'' if frauds == 1 else 's'}"


def _frauds(table: Table, split: Split) -> Iterator[str]:
    frauds = int(table.labels[split.newer].sum())
    if frauds < FEW_FRAUDS:
        some = "The test has only 1 fraud" if frauds == 1 else f"The test has only {frauds} frauds"
        yield f"{some}: every figure below is a rough estimate."


def _chance(labels: Array, scores: Array, drawn: dict[str, Any]) -> Iterator[str]:
    """Whether the model is no better than chance, or its scores worse than one number for all."""
    if "auc_roc" not in drawn:
        return
    (low, high), rate = drawn["auc_roc"], float(labels.mean())
    skill = metrics.brier_skill(labels, scores)
    if low <= 0.5:
        yield (
            f"No better than chance: AUC ROC {metrics.auc_roc(labels, scores):.2f} (95 % interval {low:.2f} to "
            f"{high:.2f}; chance is 0.5), average precision {metrics.average_precision(labels, scores):.3f} where "
            f"chance is {rate:.3f}, Brier skill {skill:.2f}."
        )
    elif skill < 0:
        yield (
            f"The scores are worse probability estimates than the overall fraud rate {rate:.4f}: Brier skill "
            f"{skill:.2f} "
            f"(95 % interval {drawn['brier_skill'][0]:.2f} to {drawn['brier_skill'][1]:.2f})."
        )


def _level(labels: Array, scores: Array) -> Iterator[str]:
    """Whether the mean score is far from the fraud rate, by a significant difference."""
    frauds, wanted = float(labels.sum()), float(scores.sum())
    spread = float(np.sqrt((scores * (1 - scores)).sum()))
    if abs(frauds - wanted) > CLEAR * spread and not 1 / OFF <= wanted / max(frauds, 0.5) <= OFF:
        yield (
            f"The mean score is {scores.mean():.4f} but {labels.mean():.4f} of the rows were fraud: the scores are "
            f"{wanted / frauds:.1f} times the fraud rate."
        )


def _shift(table: Table, split: Split) -> Iterator[str]:
    """Whether fraud was as frequent among the rows learnt from as among those that judge."""
    older, newer = table.labels[split.older], table.labels[split.newer]
    both = (older.sum() + newer.sum()) / (len(older) + len(newer))
    spread = float(np.sqrt(both * (1 - both) * (1 / len(older) + 1 / len(newer))))
    before, after = float(older.mean()), float(newer.mean())
    if abs(before - after) > CLEAR * spread and not 1 / OFF <= after / before <= OFF:
        why = " (entities with known fraud are excluded)" if split.known_frauds else ""
        yield (
            f"The fraud share changed: {100 * before:.2f} % of the training rows, {100 * after:.2f} % of the test "
            f"rows{why}."
        )


def _times(table: Table) -> Iterator[str]:
    if table.times is None:
        yield "The rows have no time column; the file order is used as time order."
    elif dates.are_serial([table.times[0], table.times[-1]]):
        yield (
            f"The times ({table.times[0]:g} to {table.times[-1]:g}) may be Excel dates (days since 1900) but were read "
            "as seconds: their order is right, but day counts are wrong. Write them as 2024-12-31 17:05:00, or name "
            "the column a date."
        )
    elif table.times[-1] < SMALL_TIMES:
        yield (
            f"The times are small numbers ({table.times[0]:g} to {table.times[-1]:g}), read as seconds: their order is "
            "right, but day counts are wrong if they are not seconds."
        )


def _numbers(table: Table) -> Iterator[str]:
    """Columns that only number the rows, where somebody asked for them."""
    for column, feature in enumerate(table.features):
        if feature.kind == "number" and _numbers_rows(table.rows[:, column]):
            yield f"Column {feature.name!r} only numbers the rows (each integer once): exclude it."


def _numbers_rows(values: npt.NDArray[np.float32]) -> bool:
    """Whether each whole number from the smallest to the largest is there once."""
    low, high = float(values.min()), float(values.max())
    if high - low != len(values) - 1 or not low.is_integer():  # so too when a value is missing
        return False
    return bool((np.sort(values) == np.arange(low, high + 1, dtype=np.float32)).all())


def _rows(table: Table, split: Split, scores: Array) -> Iterator[str]:
    """Test rows that the model has learnt from, where rows differ enough for that to be no chance."""
    keys = _keys(table)
    if len(np.unique(keys)) < VARIED * len(keys):
        return
    repeated = np.isin(keys[split.newer], keys[split.older])
    if (share := float(repeated.mean())) >= REPEATED:
        rest = _rest(table.labels[split.newer][~repeated], scores[~repeated])
        yield f"{100 * share:.0f} % of the test rows are identical to training rows{rest}."


def _keys(table: Table) -> npt.NDArray[np.uint64]:
    """A number for each row, the same for rows that are equal in all that is known of them."""
    parts: list[npt.NDArray[Any]] = [
        part.view(np.uint64) for part in (table.times, table.entities, table.amounts) if part is not None
    ]
    columns = (np.ascontiguousarray(column).view(np.uint32) for column in table.rows.T)
    keys = table.labels.astype(np.uint64)
    for bits in chain(parts, columns):
        keys = (keys ^ bits.astype(np.uint64)) * _SPREAD
        keys ^= keys >> np.uint64(32)
    return keys


def _rest(labels: Array, scores: Array) -> str:
    """How good the model is on rows that it has not seen, where both classes are left."""
    if len(np.unique(labels)) < 2:
        return ""
    return f"; on the others AUC ROC is {metrics.auc_roc(labels, scores):.3f}"
