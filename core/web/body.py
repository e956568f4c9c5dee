"""What a request carries, decoded once into typed values: JSON bodies and query arguments."""

from typing import Any, TypeVar

import msgspec
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from core.errors import BadInput

T = TypeVar("T")


def json_bytes() -> bytes:
    """The body of a JSON request.

    Raises UnsupportedMediaType (415) unless it is unencoded JSON, RequestEntityTooLarge (413), BadInput when empty.
    """
    if not request.is_json:
        raise UnsupportedMediaType("send the body as application/json")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("send the body without Content-Encoding")
    data = request.get_data(cache=False)
    if not data:
        raise BadInput("$", "the body is empty")
    return data


def json_body(decoder: msgspec.json.Decoder[T]) -> T:
    """The body as the decoder's type; raises BadInput naming the field."""
    try:
        return decoder.decode(json_bytes())
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
    return BadInput(place.strip("`") or "$", reason.replace("`", "'"))
