"""Parquet as rows of text, as they would stand in CSV; columns that hold no single values are left out by name."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from core import nfc
from core.errors import BadInput
from core.tabular.declared_categories import declared
from core.tabular.limits import Limits

FETCHED = 1000  # rows at a time, where they are short
WORD = 131_072  # bytes of a value, as in CSV
PORTION = 4_000_000  # characters at a time: a dictionary makes a long word of a few bits
# What DuckDB calls kinds of which each value would be a word of its own, and why nothing is learnt from them.
_KINDS = (
    (re.compile(r".*\]$"), "lists"),
    (re.compile(r"(?:STRUCT|UNION|VARIANT)\b"), "records"),
    (re.compile(r"MAP\b"), "maps"),
    (re.compile(r"BLOB$|GEOMETRY\b"), "binary values"),
    (re.compile(r"INTERVAL$"), "lengths of time; make them numbers"),
)


class Parquet(NamedTuple):
    """The header, the rows, of each column that is not among them why, and which are declared as categories."""

    header: list[str]
    body: list[list[str]]
    left_out: dict[str, str]
    categories: frozenset[str] = frozenset()


def read(content: bytes, name: str, wanted: Sequence[str], limits: Limits) -> Parquet:
    """The file of this content. Raises BadInput, also when a `wanted` column holds no single values."""
    import duckdb  # only who trains from Parquet pays for it

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        file.write(content)
        file.flush()
        try:
            size = connection.execute("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [file.name])
            if ((size.fetchone() or (0,))[0] or 0) > limits.unpacked:
                raise limits.too_large(name)
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file.name]).fetchall()
            kinds = {str(column[0]): str(column[1]) for column in described}
            limits.check_columns(len(kinds), name)
            left_out = {
                nfc.text(column): f"it holds {what}" for column, kind in kinds.items() if (what := _unfit(kind))
            }
            header = [column for column in kinds if nfc.text(column) not in left_out]
            _check(header, left_out, wanted, name)
            connection.execute("SET TimeZone = 'UTC'")
            _check_size(connection, file.name, [c for c in header if kinds[c] == "VARCHAR"], len(header), name, limits)
            shown = ", ".join(_shown(column, kinds[column]) for column in header)
            asked = f"SELECT {shown} FROM read_parquet(?)"  # nosec B608: names are quoted by `_quoted`
            categories = _categories(connection, file.name) & frozenset(header)
            found = connection.execute(asked, [file.name])
            body = _fetched(_portions(found.fetchmany), name, limits)
        except (duckdb.Error, ValueError, OverflowError) as error:
            reason = str(error).replace(file.name, name).splitlines()[0]
            raise BadInput(name, f"is a damaged Parquet file: {reason}") from error
    return Parquet(
        [nfc.text(column) for column in header], body, left_out, frozenset(nfc.text(one) for one in categories)
    )


def _check_size(connection: Any, file: str, words: Sequence[str], columns: int, name: str, limits: Limits) -> None:
    """Raises BadInput when there are too many values, or a word is longer than one of a CSV file may be: asked of
    lengths alone, for a dictionary makes a gigabyte of a few bits when it is fetched.
    """
    rows = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [file]).fetchone()
    limits.check_values(int(rows[0] or 0) * (columns + 1), name)
    if not words:
        return
    longest = ", ".join(f"max(strlen({_quoted(column)}))" for column in words)
    asked = f"SELECT {longest} FROM read_parquet(?)"  # nosec B608: names are quoted by `_quoted`
    found = connection.execute(asked, [file]).fetchone()
    for column, letters in zip(words, found or (), strict=True):
        if (letters or 0) > WORD:
            raise BadInput(
                f"{name}, column {column!r}", f"has a value of {letters:,} bytes; at most {WORD:,} are accepted"
            )


def _categories(connection: Any, file: str) -> frozenset[str]:
    """Columns that the file declares as categories."""
    keys = connection.execute("SELECT key, value FROM parquet_kv_metadata(?)", [file]).fetchall()
    kinds = connection.execute("SELECT name, converted_type FROM parquet_schema(?)", [file]).fetchall()
    enums = [str(name) for name, kind in kinds if kind == "ENUM"]
    return declared({bytes(key): bytes(value) for key, value in keys if value}) | frozenset(enums)


def _unfit(kind: str) -> str:
    """What a column of this kind holds instead of numbers and words; "" when it holds these."""
    return next((what for pattern, what in _KINDS if pattern.match(kind)), "")


def _check(header: Sequence[str], left_out: dict[str, str], wanted: Sequence[str], name: str) -> None:
    for column in wanted:
        if column in left_out:
            raise BadInput(f"{name}, column {column!r}", left_out[column])
    if not header:
        raise BadInput(name, "has no column of numbers or words")


def _portions(fetch: Callable[[int], list[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows as they come: one first, then as many as their length allows."""
    rows = 1
    while portion := fetch(rows):
        yield portion
        letters = sum(len(value) if isinstance(value, (str, bytes)) else 8 for row in portion for value in row)
        rows = max(1, min(FETCHED, 2 * rows, PORTION * len(portion) // max(1, letters)))


def _fetched(portions: Iterator[Sequence[Sequence[Any]]], name: str, limits: Limits) -> list[list[str]]:
    """Rows as text, counted while they come: equal values weigh next to nothing in the file, and all in memory."""
    body: list[list[str]] = []
    values = letters = 0
    for portion in portions:
        for row in portion:
            record = [_written(value) for value in row]
            whole = "".join(record)
            values, letters = values + len(record) + 1, letters + len(whole)
            if "\0" in whole:
                raise BadInput(f"{name}, row {len(body) + 1}", "contains a NUL character")
            body.append(record)
        limits.check_values(values, name)
        if letters > limits.unpacked:
            raise limits.too_large(name)
    return body


def _shown(column: str, kind: str) -> str:
    """How a column is asked for: a time with a zone as one in UTC, for which no further library is needed."""
    quoted = _quoted(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"{quoted}::TIMESTAMP"
    return f"{quoted}::VARCHAR" if "TIME ZONE" in kind else quoted


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _written(value: Any) -> str:
    """A Parquet value as it would stand in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (datetime, date)) else nfc.text(str(value))
