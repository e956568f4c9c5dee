"""A file of labelled transactions as arrays, by a mapping that says which column is what."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core import nfc
from core.errors import BadInput
from core.tabular import missing_values, sheet
from core.tabular.missing_values import MISSING
from core.tabular.sheet import Sheet
from ml.data import columns, time_words
from ml.data.column_errors import BadColumn
from ml.data.features import Feature, Kind, Rows, named

NEARLY_ALL = 0.5  # a column of words of which more than this share are distinct says who, not what
FEW_WORDS = 50
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Mapping:
    """Column mapping. Without `features`, every column that has no other part and is not in `ignore` is one.

    `fraud_is` is the label's value that means fraud, `legit_is` are those that do not; where both are named, no other
    is a label. `skip_unlabelled` leaves rows without a label out.
    """

    label: str
    time: str | None = None
    id: str | None = None
    entity: str | None = None
    amount: str | None = None
    features: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    fraud_is: str | None = None
    skip_unlabelled: bool = False
    legit_is: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Names as the file has them once it is read: in NFC."""
        for name in self.__slots__:
            object.__setattr__(self, name, nfc.every(getattr(self, name)))

    def wanted(self) -> list[str]:
        """The columns that the file must have."""
        amount = [self.amount] if self.amount else []
        return [*self.parts().values(), *amount, *self.features, *self.categorical]

    def parts(self) -> dict[str, str]:
        """The columns that have a part of their own, by part; the amount may be a feature as well."""
        found = {"label": self.label, "time": self.time, "id": self.id, "entity": self.entity}
        return {part: column for part, column in found.items() if column is not None}


@dataclass(frozen=True, slots=True)
class Table:
    """Labelled rows in order of time: `rows` (m, n) float32 with NaN for missing, `labels` (m,) of 0/1.

    A category's values are indices into its feature's `categories`. `times` are epoch seconds, `entities` numbers that
    are the same for the same card or wallet (-1: not known), `amounts` USD: each (m,) or None when not known.
    `left_out` says of columns and rows why they were not used, `notes` how the file was read where that might be
    wrong; `place` is the file and column of the labels.
    """

    features: tuple[Feature, ...]
    rows: Rows
    labels: npt.NDArray[np.float64]
    fingerprint: str
    times: npt.NDArray[np.float64] | None = None
    entities: npt.NDArray[np.int64] | None = None
    amounts: npt.NDArray[np.float64] | None = None
    left_out: tuple[str, ...] = field(default=())
    place: str = "label"
    notes: tuple[str, ...] = ()

    def take(self, chosen: npt.NDArray[np.int64]) -> "Table":
        """The rows at these indices, in their order."""
        return Table(
            self.features,
            np.ascontiguousarray(self.rows[chosen]),
            self.labels[chosen],
            self.fingerprint,
            None if self.times is None else self.times[chosen],
            None if self.entities is None else self.entities[chosen],
            None if self.amounts is None else self.amounts[chosen],
            self.left_out,
            self.place,
            self.notes,
        )


def read(
    path: Path,
    label: str,
    time: str | None = None,
    features: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Table:
    """`load` for the simplest mapping."""
    return load(path, Mapping(label, time, features=tuple(features), ignore=tuple(ignore)))


def load(path: Path, mapping: Mapping) -> Table:
    """The table in the file at `path`. Raises BadInput naming file, row and column of the first thing that is wrong."""
    return of(sheet.read(path, mapping.wanted(), mapping.delimiter, mapping.encoding), mapping)


def of(data: Sheet, mapping: Mapping) -> Table:
    """The table of a sheet. Raises BadInput, as BadColumn where it is about the role of a column."""
    _check(data, mapping)
    labels = columns.labels(data, mapping.label, mapping.fraud_is, mapping.legit_is)
    left_out = [f"column {name!r}: {why}" for name, why in data.left_out.items() if name not in mapping.ignore]
    if unlabelled := int(np.isnan(labels).sum()):
        if not mapping.skip_unlabelled:
            first = int(np.flatnonzero(np.isnan(labels))[0])
            said = data.columns[mapping.label][first].strip()[:40]
            what = "is missing" if missing_values.is_missing(said) else f"{said!r} is neither fraud nor legitimate"
            reason = f"the label {what} (in {unlabelled} rows)"
            raise BadColumn(data.place(first, mapping.label), "label", reason, "skip_unlabelled")
        left_out.append(f"{unlabelled} rows without a label{_words(data, mapping.label, labels)}")
        data, labels = _labelled(data, labels)
    if mapping.id is not None:
        columns.distinct(data, mapping.id)
    found, arrays = _features(data, mapping, left_out)
    if not found:
        reasons = f" ({'; '.join(left_out)})" if left_out else ""
        raise BadInput(f"{data.name}, row 1", f"no column is left to train on{reasons}")
    whole = Table(
        features=tuple(found),
        rows=np.array(arrays, dtype=np.float32).T,
        labels=labels,
        fingerprint=data.fingerprint,
        times=columns.times(data, mapping.time) if mapping.time else None,
        entities=_entities(data, mapping.entity) if mapping.entity else None,
        amounts=columns.amounts(data, mapping.amount) if mapping.amount else None,
        left_out=tuple(left_out),
        place=f"{data.name}, column {mapping.label!r}",
        notes=(*data.notes, *_guessed(data, mapping)),
    )
    order = np.arange(len(labels)) if whole.times is None else np.argsort(whole.times, kind="stable")
    return whole.take(order)


def _guessed(data: Sheet, mapping: Mapping) -> Iterator[str]:
    """What was made of labels and times, where a person may have meant otherwise."""
    if mapping.fraud_is is None and columns.is_signed(data.columns[mapping.label]):
        yield "The labels are -1 and 1; 1 is read as fraud because no fraud value was set."
    if mapping.time and (said := columns.serial_said(data, mapping.time)):
        yield said
    if mapping.fraud_is is not None and not mapping.legit_is:
        given = Counter(data.columns[mapping.label])
        none = columns.undecided(given)
        others = [word for word, _ in given.most_common() if word not in none and not _same(word, mapping.fraud_is)]
        if len({missing_values.label_word(word) for word in others}) > 1:
            shown = ", ".join(f"{word.strip()[:40]!r} ({given[word]:,})" for word in others[:_SHOWN])
            rest = " …" if len(others) > _SHOWN else ""
            yield f"Every value except {mapping.fraud_is!r} is read as legitimate: {shown}{rest}."


def _same(word: str, other: str) -> bool:
    return missing_values.label_word(word) == missing_values.label_word(other)


def _words(data: Sheet, label: str, labels: columns.Doubles) -> str:
    """The words that stood there instead; "" where the cells were empty."""
    none = np.flatnonzero(np.isnan(labels)).tolist()
    said = Counter(word for i in none if not missing_values.is_missing(word := data.columns[label][i].strip()[:40]))
    shown = ", ".join(f"{word!r}: {count}" for word, count in said.most_common(_SHOWN))
    return f" ({shown})" if shown else ""


def _check(data: Sheet, mapping: Mapping) -> None:
    parts = mapping.parts()
    for part, column in parts.items():
        for other, same in parts.items():
            if column == same and part < other:
                raise BadInput(f"{data.name}, row 1", f"the column {column!r} cannot be {part} and {other} at once")
        if part == "label" and column in data.twice.values():
            raise BadInput(f"{data.name}, row 1", f"names the label {column!r} twice")
        if column in mapping.features:
            raise BadInput(f"{data.name}, row 1", f"the {part} {column!r} cannot be a feature too")


def _labelled(data: Sheet, labels: columns.Doubles) -> tuple[Sheet, columns.Doubles]:
    kept = np.flatnonzero(~np.isnan(labels)).tolist()
    if not kept:
        raise BadInput(data.name, "has no row with a label")
    found = {name: [values[i] for i in kept] for name, values in data.columns.items()}
    return replace(data, columns=found, numbers=[data.numbers[i] for i in kept]), labels[kept]


def _features(data: Sheet, mapping: Mapping, left_out: list[str]) -> tuple[list[Feature], list[columns.Doubles]]:
    """The features with their values; what is no use is noted in `left_out`, or refused when it was asked for."""
    taken = {*mapping.parts().values(), *mapping.ignore, "transaction_id"}
    names = list(mapping.features) or [name for name in data.columns if name not in taken]
    if "transaction_id" in data.columns and not {"transaction_id"} & {*mapping.parts().values(), *names}:
        left_out.append("column 'transaction_id': it names the transaction")
    found, arrays = [], []
    for name in names:
        kind: Kind | None = "category" if name in mapping.categorical else columns.kind(data.columns[name])
        reason, known = useless(data, name, kind, name in mapping.categorical, not mapping.features)
        if reason:
            if name in mapping.features:
                raise BadInput(f"{data.name}, column {name!r}", reason)
            left_out.append(f"column {name!r}: {reason}")
            continue
        assert kind is not None
        if kind == "category":
            words, values = known or columns.categories(data, name)
            found.append(Feature(name, "category", categories=words))
        else:
            values = columns.numbers(data, name)
            found.append(named(name, kind))
        arrays.append(values)
    return found, arrays


def useless(
    data: Sheet, name: str, kind: Kind | None, wanted: bool, guess: bool
) -> tuple[str, tuple[tuple[str, ...], columns.Doubles] | None]:
    """Why nothing can be learnt from a column ("" when something can), and its categories where they were read.

    `wanted`: it was said to be words; `guess`: nobody named the features.
    """
    if kind is None:
        return "it is empty", None
    if columns.is_index(name) and guess:
        return "it has no name (an index?)", None
    if kind != "category":
        return "", None
    words, values = columns.categories(data, name)
    if not wanted and len(words) > FEW_WORDS and len(words) > NEARLY_ALL * len(values):
        what = "times" if time_words.are_times(words) else "words"
        return f"{len(words)} different {what} in {len(values)} rows", None
    return "", (words, values)


def _entities(data: Sheet, column: str) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    words = [value.strip() for value in data.columns[column]]
    known = [word.lower() not in MISSING for word in words]
    found = (
        numbers.setdefault(word, len(numbers)) if is_one else -1 for word, is_one in zip(words, known, strict=True)
    )
    return np.array(list(found), dtype=np.int64)
