"""The one JSON encoder and decoder (orjson, numpy aware, UTC `Z`)."""

from typing import Any

import orjson

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def encode(value: Any) -> bytes:
    """JSON bytes; NaN and infinities become null."""
    return orjson.dumps(value, option=_OPTIONS)


def decode(data: bytes | str) -> Any:
    """The value of JSON text; raises ValueError when it is not JSON."""
    return orjson.loads(data)
