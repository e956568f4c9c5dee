"""Which column of a file is what, by its content: long (time, status, count) or wide (a column a status). Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.errors import BadInput
from core.tabular import missing_values
from statuses.reading import moments

_COUNT = re.compile(r"count|qty|quantity|number|^n$|^f\d+_?$|total|value|transactions|volume|cnt|freq", re.IGNORECASE)
_KEY = re.compile(r"status|code|state|result|type|reason|outcome|response", re.IGNORECASE)
_MOST_KEYS = 500
_SHARE = 0.8


class Columns(NamedTuple):
    """The names of the columns. Long: `key` is set, and `number` (the counts) unless each row is one transaction;
    `others` are further dimensions, over which is added. Wide: `counts` are the statuses.
    """

    time: str
    key: str = ""
    number: str = ""
    counts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find(columns: Mapping[str, Sequence[str]], place: str) -> Columns:
    """The columns of a file. Raises BadInput where there is no column of times, or none to count."""
    time = _time(columns)
    if not time:
        listed = ", ".join(map(repr, list(columns)[:10]))
        raise BadInput(place, f"has no column of times, such as 2025-07-12 13:45:00 or 00h 05 (it has {listed})")
    rest = {name: values for name, values in columns.items() if name != time and not moments.are_clocks(values)}
    rest = {name: values for name, values in rest.items() if not _is_index(values)}
    numbers = [name for name, values in rest.items() if _are_counts(values)]
    words = [name for name, values in rest.items() if not _are_numbers(values)]
    repeated = len(set(columns[time])) < len(columns[time])
    if key := _key(columns[time], rest, numbers, words, repeated):
        return _long(columns, time, key, [name for name in numbers if name != key], rest)
    if not numbers:
        raise BadInput(place, "has no column of counts and none of statuses")
    return _wide(rest, time, numbers)


def _time(columns: Mapping[str, Sequence[str]]) -> str:
    dated = [name for name, values in columns.items() if moments.are_moments(name, values)]
    return next(iter(dated or [name for name, values in columns.items() if moments.are_clocks(values)]), "")


def _key(
    times: Sequence[str], rest: Mapping[str, Sequence[str]], numbers: list[str], words: list[str], repeated: bool
) -> str:
    """The column of statuses or codes: words that come again, or numbers of which a minute has each only once."""
    few = [name for name in words if 0 < len(set(rest[name])) <= min(_MOST_KEYS, max(2, len(times) // 2))]
    if few:
        return max(few, key=lambda name: (bool(_KEY.search(name)), -len(set(rest[name]))))
    if not repeated or len(numbers) < 2:
        return ""
    few = [name for name in numbers if len(set(rest[name])) <= _MOST_KEYS]

    def likely(name: str) -> tuple[bool, bool, int, int]:
        unique = len(set(zip(times, rest[name], strict=True)))
        padded = any(value.strip()[:1] == "0" and value.strip() != "0" for value in rest[name])
        return bool(_KEY.search(name)) or padded, not _COUNT.search(name), unique, -len(set(rest[name]))

    return max(few, key=likely, default="")


def _long(
    columns: Mapping[str, Sequence[str]], time: str, key: str, numbers: list[str], rest: Mapping[str, Sequence[str]]
) -> Columns:
    count = next((name for name in numbers if _COUNT.search(name)), "")
    others = [name for name in rest if name not in (key, count)]
    if not count and not any(_are_ids(rest[name]) for name in others):
        count = numbers[-1] if numbers else ""
    others = [name for name in others if name != count] if count else []
    said = f"{columns[time][0].strip()!r} in {time!r} is the time, {key!r} the status"
    said += f", {count!r} the count." if count else "; each row is one transaction."
    notes = [said]
    if others:
        notes.append(f"Rows that differ only in {', '.join(map(repr, others[:5]))} are summed.")
    return Columns(time, key, count, (), tuple(others), tuple(notes))


def _wide(rest: Mapping[str, Sequence[str]], time: str, numbers: list[str]) -> Columns:
    notes = [f"{time!r} is the time; each other column is a status."]
    if total := _total(rest, numbers):
        notes.append(f"Column {total!r} is the sum of the others and was ignored.")
        numbers = [name for name in numbers if name != total]
    ignored = [name for name in rest if name not in (*numbers, total)]
    if ignored:
        notes.append(f"Columns without counts were ignored: {', '.join(map(repr, ignored[:5]))}.")
    return Columns(time, counts=tuple(numbers), notes=tuple(notes))


def _total(rest: Mapping[str, Sequence[str]], numbers: list[str]) -> str:
    """The column that is the sum of all others, "" for none."""
    if len(numbers) < 3:
        return ""
    rows = range(0, len(rest[numbers[0]]), max(1, len(rest[numbers[0]]) // 200))
    for name in numbers:
        pairs = [
            (_float(rest[name][i]), sum(_float(rest[other][i]) for other in numbers if other != name)) for i in rows
        ]
        if any(own for own, _ in pairs) and sum(own == other for own, other in pairs) >= 0.95 * len(pairs):
            return name
    return ""


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _are_numbers(values: Sequence[str]) -> bool:
    present = [value for value in values[:2000] if not missing_values.is_missing(value)]
    return bool(present) and sum(map(missing_values.is_number, present)) >= _SHARE * len(present)


def _are_counts(values: Sequence[str]) -> bool:
    """Whether nearly all are whole numbers from 0."""
    present = [value for value in values[:2000] if not missing_values.is_missing(value)]
    whole = sum(missing_values.pointless(value.strip()).isdecimal() for value in present)
    return bool(present) and whole >= _SHARE * len(present)


def _are_ids(values: Sequence[str]) -> bool:
    """Whether every row has a value of its own: then a row is a transaction."""
    return len(values) > 2 and len(set(values)) == len(values)


def _is_index(values: Sequence[str]) -> bool:
    """Whether a column numbers the rows."""
    if len(values) < 3 or not values[0].strip().isdecimal() or values[0].strip() not in ("0", "1"):
        return False
    first = int(values[0])
    return all(value.strip() == str(first + i) for i, value in enumerate(values))
