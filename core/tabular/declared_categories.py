"""Which columns a Parquet file declares as categories, whatever their values look like. Pure.

pandas says so in its JSON, Arrow (Polars, R) in its schema, where such a column is a dictionary. Arrow's schema is a
FlatBuffer; only what names a field and says that it is a dictionary is read (Arrow columnar format, `Schema.fbs` and
`Message.fbs`).
"""

import base64
import binascii
import json
import struct
from collections.abc import Mapping

_CONTINUED = b"\xff\xff\xff\xff"
# Slots of the FlatBuffer tables: Message.header, Schema.fields, Field.name and Field.dictionary.
_HEADER, _FIELDS, _NAME, _DICTIONARY = 2, 1, 0, 4


def declared(metadata: Mapping[bytes, bytes]) -> frozenset[str]:
    """Columns that are categories by the file's key-value metadata."""
    return frozenset(_pandas(metadata.get(b"pandas", b"")) | _arrow(metadata.get(b"ARROW:schema", b"")))


def _pandas(text: bytes) -> set[str]:
    try:
        columns = json.loads(text or b"{}")["columns"]
        return {str(c["field_name"]) for c in columns if c.get("pandas_type") == "categorical" and c.get("field_name")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def _arrow(text: bytes) -> set[str]:
    try:
        message = base64.b64decode(text)
        message = message[8:] if message.startswith(_CONTINUED) else message[4:]
        schema = _follow(message, _table(message, 0), _HEADER)
        fields = _follow(message, schema, _FIELDS) if schema else None
        if fields is None:
            return set()
        (count,) = struct.unpack_from("<I", message, fields)
        tables = [_table(message, fields + 4 + 4 * index) for index in range(min(count, len(message) // 4))]
        return {_name(message, one) for one in tables if _follow(message, one, _DICTIONARY)}
    except (binascii.Error, struct.error, UnicodeDecodeError):
        return set()


def _table(data: bytes, at: int) -> int:
    """The table or vector to which the offset at `at` leads."""
    return at + int(struct.unpack_from("<I", data, at)[0])


def _follow(data: bytes, table: int, slot: int) -> int | None:
    """What a table's field leads to; None where the field is not set."""
    vtable = table - int(struct.unpack_from("<i", data, table)[0])
    (size,) = struct.unpack_from("<H", data, vtable)
    if 4 + 2 * slot >= size:
        return None
    (offset,) = struct.unpack_from("<H", data, vtable + 4 + 2 * slot)
    return _table(data, table + offset) if offset else None


def _name(data: bytes, table: int) -> str:
    at = _follow(data, table, _NAME)
    if at is None:
        return ""
    (size,) = struct.unpack_from("<I", data, at)
    return data[at + 4 : at + 4 + size].decode()
