"""What a request carries, decoded once into typed values: JSON bodies and query arguments."""

from typing import Any, TypeVar

import msgspec
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from core import codec, nfc
from core.errors import BadInput
from core.tabular import compression
from core.web.outside import check_json

T = TypeVar("T")
_GZIP = b"\x1f\x8b"


def json_bytes(keep: bool = False, packed: bool = False) -> bytes:
    """The body of a JSON request; with `keep` whoever comes after may read it again, with `packed` it may be gzipped.

    A byte order mark is taken off. Raises UnsupportedMediaType (415) unless it is JSON in such an encoding,
    RequestEntityTooLarge (413), BadInput when empty.
    """
    if not request.is_json:
        raise UnsupportedMediaType("send the body as application/json")
    if not packed and _encoding() != "identity":
        raise UnsupportedMediaType("send the body without Content-Encoding")
    try:
        data = codec.unmarked(plain_bytes() if packed else request.get_data(cache=keep))
    except ValueError:
        raise BadInput("$", "the body is not in the encoding of its byte order mark") from None
    if not data:
        raise BadInput("$", "the body is empty")
    check_json(data, current_app.config["MAX_JSON_VALUES"])
    return data


def plain_bytes() -> bytes:
    """The body of a request, unpacked when it is gzipped; no more than MAX_CONTENT_LENGTH bytes either way.

    Raises UnsupportedMediaType (415) for another encoding, RequestEntityTooLarge (413), BadInput when it is damaged.
    """
    encoding = _encoding()
    if encoding not in ("identity", "gzip"):
        raise UnsupportedMediaType("send the body with Content-Encoding: gzip, or without")
    data = request.get_data(cache=False)
    if encoding == "identity":
        return data
    if not data.startswith(_GZIP):
        raise BadInput("$", "the body is not gzip, as Content-Encoding says")
    try:
        return compression.unpacked(data, current_app.config["MAX_CONTENT_LENGTH"])
    except compression.TooLong as error:
        raise RequestEntityTooLarge(f"The body {error}.") from None
    except compression.Unusable as error:
        raise BadInput("$", f"the body {error}") from None


def _encoding() -> str:
    return request.headers.get("Content-Encoding", "").strip().lower() or "identity"


def json_body(decoder: msgspec.json.Decoder[T]) -> T:
    """The body as the decoder's type; raises BadInput naming the field."""
    try:
        return decoder.decode(nfc.json(json_bytes()))
    except msgspec.DecodeError as error:
        raise refused(error) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", "the body is not valid JSON text") from error


def arguments(kind: type[T]) -> T:
    """The query string as a struct type; raises BadInput naming the argument. An argument may be given once."""
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        if len(given) > 1:
            raise BadInput(f"?{name}", "given more than once")
        values[name] = given[0]
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        found = refused(error)
        raise BadInput(found.field.replace("$.", "?").replace("$", "?"), found.reason) from error


def refused(error: msgspec.DecodeError) -> BadInput:
    """msgspec's message apart: `Expected `int`, got `str` - at `$.amount`` → field `$.amount` and the reason."""
    reason, _, place = str(error).partition(" - at ")
    return BadInput(field_of(place), reason.replace("`", "'"))


def field_of(place: str) -> str:
    """The path of msgspec's place; of a name within an object the object: `key` in `$.features` → $.features."""
    return place.rpartition(" in ")[2].strip("`") or "$"
