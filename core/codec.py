"""The one JSON encoder and decoder (orjson, numpy aware, UTC `Z`; msgspec structs as objects)."""

import codecs
from functools import cache
from typing import Any

import msgspec
import orjson

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


def unmarked(data: bytes) -> bytes:
    """JSON text as UTF-8 without the byte order mark that some programs write before it (RFC 8259, 8.1, lets us).

    Raises UnicodeDecodeError, a ValueError, for text that is not in the encoding of its mark.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            return rest if encoding == "utf-8" else rest.decode(encoding).encode()
    return data


def encode(value: Any) -> bytes:
    """JSON bytes; NaN and infinities become null."""
    return orjson.dumps(value, default=_object, option=_OPTIONS)


def decode(data: bytes | str) -> Any:
    """The value of JSON text; raises ValueError when it is not JSON."""
    return orjson.loads(data)


def _object(value: Any) -> dict[str, Any]:
    """A struct's fields by their names on the wire, without those that are unset. Raises TypeError for all else."""
    if not isinstance(value, msgspec.Struct):
        raise TypeError(f"{type(value).__name__} is not JSON")
    pairs = ((name, getattr(value, field)) for field, name in _names(type(value)))
    return {name: found for name, found in pairs if found is not msgspec.UNSET}


@cache
def _names(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
