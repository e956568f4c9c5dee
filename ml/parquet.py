"""Parquet as rows of text, as they would stand in CSV; columns that hold no single values are left out by name."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from core.errors import BadInput
from ml.limits import Limits

FETCHED = 1000  # rows at a time
# What DuckDB calls kinds of which each value would be a word of its own, and why nothing is learnt from them.
_KINDS = (
    (re.compile(r".*\]$"), "lists"),
    (re.compile(r"(?:STRUCT|UNION|VARIANT)\b"), "records"),
    (re.compile(r"MAP\b"), "maps"),
    (re.compile(r"BLOB$|GEOMETRY\b"), "binary values"),
    (re.compile(r"INTERVAL$"), "lengths of time; make them numbers"),
)


class Parquet(NamedTuple):
    """The header, the rows, and of each column that is not among them why."""

    header: list[str]
    body: list[list[str]]
    left_out: dict[str, str]


def read(content: bytes, name: str, wanted: Sequence[str], limits: Limits) -> Parquet:
    """The file of this content. Raises BadInput, also when a `wanted` column holds no single values."""
    import duckdb  # only who trains from Parquet pays for it

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(content)
        file.flush()
        try:
            size = connection.execute("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [file.name])
            if ((size.fetchone() or (0,))[0] or 0) > limits.unpacked:
                raise limits.too_large(name)
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file.name]).fetchall()
            kinds = {str(column[0]): str(column[1]) for column in described}
            limits.check_columns(len(kinds), name)
            left_out = {column: f"it holds {what}" for column, kind in kinds.items() if (what := _unfit(kind))}
            header = [column for column in kinds if column not in left_out]
            _check(header, left_out, wanted, name)
            connection.execute("SET TimeZone = 'UTC'")
            shown = ", ".join(_shown(column, kinds[column]) for column in header)
            found = connection.execute(f"SELECT {shown} FROM read_parquet(?)", [file.name])
            body = _fetched(iter(lambda: found.fetchmany(FETCHED), []), name, limits)
        except (duckdb.Error, ValueError, OverflowError) as error:
            reason = str(error).replace(file.name, name).splitlines()[0]
            raise BadInput(name, f"is a damaged Parquet file: {reason}") from error
    return Parquet(header, body, left_out)


def _unfit(kind: str) -> str:
    """What a column of this kind holds instead of numbers and words; "" when it holds these."""
    return next((what for pattern, what in _KINDS if pattern.match(kind)), "")


def _check(header: Sequence[str], left_out: dict[str, str], wanted: Sequence[str], name: str) -> None:
    for column in wanted:
        if column in left_out:
            raise BadInput(f"{name}, column {column!r}", left_out[column])
    if not header:
        raise BadInput(name, "has no column of numbers or words")


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
                raise BadInput(f"{name}, row {len(body) + 1}", "holds a NUL character")
            body.append(record)
        limits.check_values(values, name)
        if letters > limits.unpacked:
            raise limits.too_large(name)
    return body


def _shown(column: str, kind: str) -> str:
    """How a column is asked for: a time with a zone as one in UTC, for which no further library is needed."""
    quoted = '"' + column.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"{quoted}::TIMESTAMP"
    return f"{quoted}::VARCHAR" if "TIME ZONE" in kind else quoted


def _written(value: Any) -> str:
    """A Parquet value as it would stand in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)
