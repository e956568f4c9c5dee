"""Reads a CSV file of labelled transactions into arrays, and says exactly which row and column is wrong.

Rows are counted as a person sees them in an editor: the header is row 1.
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from ml.features import Feature, Rows, named

_MISSING = {"", "na", "nan", "null", "none"}
_FLAGS = {"true": 1.0, "false": 0.0}
_LABELS = {"1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0, "true": 1.0, "false": 0.0, "fraud": 1.0, "legit": 0.0}


@dataclass(frozen=True, slots=True)
class Table:
    """Labelled rows in order of time: `rows` (m, n) float32 with NaN for missing, `labels` (m,) of 0/1."""

    features: tuple[Feature, ...]
    rows: Rows
    labels: npt.NDArray[np.float64]
    fingerprint: str


def read(
    path: Path,
    label: str,
    time: str | None = None,
    features: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Table:
    """The table in `path`. Without `features`, every column but label, time and `ignore` is one.

    Raises BadInput for a missing file or column, an empty file, a row that is too short or too long, a value that is
    no number, a label that is not 0/1 (true/false, fraud/legit), a time that is not ISO 8601 or epoch seconds.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    try:
        lines = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), strict=True))
    except UnicodeDecodeError as error:
        raise BadInput(str(path), f"is not UTF-8 at byte {error.start}") from error
    except csv.Error as error:
        raise BadInput(str(path), f"is not CSV: {error}") from error
    if not lines or not any(lines[0]):
        raise BadInput(str(path), "is empty")
    header, body = [name.strip() for name in lines[0]], [line for line in lines[1:] if line]
    names = _chosen(header, label, time, features, ignore)
    _check_shape(header, lines)
    if not body:
        raise BadInput(str(path), "has a header but no rows")
    columns = dict(zip(header, zip(*body, strict=True), strict=True))
    numbers = [row for row, line in enumerate(lines, 1) if line][1:]
    labels = np.array([_label(value, numbers[i], label) for i, value in enumerate(columns[label])])
    parsed = [_numbers(columns[name], name, numbers) for name in names]
    kinds = [_is_flag(columns[name]) for name in names]
    rows = np.array(parsed, dtype=np.float32).T
    if time is not None:
        order = np.argsort([_time(value, numbers[i], time) for i, value in enumerate(columns[time])], kind="stable")
        rows, labels = rows[order], labels[order]
    found = tuple(named(name, "flag" if flag else "number") for name, flag in zip(names, kinds, strict=True))
    return Table(found, np.ascontiguousarray(rows), labels, hashlib.sha256(content).hexdigest())


def _chosen(
    header: list[str], label: str, time: str | None, features: Sequence[str], ignore: Sequence[str]
) -> list[str]:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput("row 1", f"names the column {twice[0]!r} twice")
    for name in [label, *([time] if time else []), *features, *ignore]:
        if name not in header:
            raise BadInput("row 1", f"has no column {name!r}; it has {', '.join(header)}")
    if label in features:
        raise BadInput("row 1", f"the label {label!r} cannot be a feature too")
    chosen = list(features) or [name for name in header if name not in {label, time, *ignore}]
    if not chosen:
        raise BadInput("row 1", "no column is left to learn from")
    return chosen


def _check_shape(header: list[str], lines: list[list[str]]) -> None:
    for row, line in enumerate(lines, 1):
        if line and len(line) != len(header):
            what = f"has {len(line)} values where the header has {len(header)} columns"
            missing = f": {header[len(line)]!r} is missing" if len(line) < len(header) else ""
            cut = " (the file may be cut off)" if row == len(lines) and missing else ""
            raise BadInput(f"row {row}", what + missing + cut)


def _numbers(column: Sequence[str], name: str, row_numbers: list[int]) -> list[float]:
    try:
        return [float(value) for value in column]
    except ValueError:
        return [_number(value, row_numbers[i], name) for i, value in enumerate(column)]


def _number(value: str, row: int, name: str) -> float:
    text = value.strip().lower()
    if text in _MISSING:
        return float("nan")
    if text in _FLAGS:
        return _FLAGS[text]
    try:
        return float(text)
    except ValueError:
        reason = f"{value[:40]!r} is not a number (--ignore leaves a column out)"
        raise BadInput(f"row {row}, column {name!r}", reason) from None


def _label(value: str, row: int, name: str) -> float:
    try:
        return _LABELS[value.strip().lower()]
    except KeyError:
        raise BadInput(f"row {row}, column {name!r}", f"{value[:40]!r} is not a label: 0/1 or fraud/legit") from None


def _time(value: str, row: int, name: str) -> float:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(value.strip())
    except ValueError:
        raise BadInput(f"row {row}, column {name!r}", f"{value[:40]!r} is not ISO 8601 or epoch seconds") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _is_flag(column: Sequence[str]) -> bool:
    return {value.strip().lower() for value in column} - _MISSING <= _FLAGS.keys()
