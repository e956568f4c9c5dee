"""Answers of Redis about streams, whichever form the client gives them: RESP2, RESP3, or a cluster's transaction."""

from typing import Any

Id = tuple[int, int]  # of an entry: its millisecond, and a number in it


def entries(found: Any) -> list[Any]:
    """Ids and fields of an answer to XREADGROUP, in RESP2 or RESP3 form."""
    streams = found.values() if isinstance(found, dict) else [rows for _, rows in found or []]
    flat = []
    for rows in streams:
        for row in rows:
            if row and isinstance(row[0], (list, tuple)):
                flat.extend(row)
            else:
                flat.append(row)
    return flat


def named(row: Any) -> dict[str, Any]:
    """A row of XINFO with names of text, in any of the forms that the client gives it."""
    pairs = row.items() if isinstance(row, dict) else zip(row[::2], row[1::2], strict=True)
    return {as_text(name): value for name, value in pairs}


def as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def number(entry_id: bytes) -> Id:
    """An entry id as a comparable pair."""
    first, _, second = entry_id.partition(b"-")
    return int(first), int(second or 0)
