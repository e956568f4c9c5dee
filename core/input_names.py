"""Names in what a caller sent that nothing here knows: said in the answer with the nearest known name. Pure."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.nearest import Known

MOST = 20  # names that one answer spells out
LONGEST = 100  # characters of a name that are repeated
T = TypeVar("T")
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


class Unknown(Struct, frozen=True, omit_defaults=True):
    """A name that was not used: its place, the name, and the known name that is nearest, if any is near."""

    field: str
    name: str
    nearest: str | None = None


class Unprocessable(BadInput):
    """A well-formed request that nothing can be made of; `unknown` are its names that are not known (422)."""

    def __init__(self, field: str, reason: str, unknown: list[Unknown]) -> None:
        super().__init__(field, reason)
        self.unknown = unknown


def given(body: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The names of a JSON object and what each holds, unread. Raises BadInput where a name is no text."""
    return _decoded(_object, body)


def given_each(body: bytes | msgspec.Raw) -> list[dict[str, msgspec.Raw]]:
    """The same for each object of a list."""
    return _decoded(_objects, body)


def _decoded(decoder: "msgspec.json.Decoder[T]", body: bytes | msgspec.Raw) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput("$", "a name in it is not valid JSON text") from None


def unknown(names: Iterable[str], known: Known, place: str) -> list[Unknown]:
    """The first of these names as they are told, in the order of the alphabet; `place` is what they stand in."""
    first = sorted(names)[:MOST]
    return [Unknown(f"{place}.{name[:LONGEST]}", name[:LONGEST], known.nearest(name[:LONGEST])) for name in first]


def spelled_out(found: Iterable[Unknown]) -> str:
    """`'PriceDeviation' (price_deviation?), 'x'`."""
    return ", ".join(f"{one.name!r}" + (f" ({one.nearest}?)" if one.nearest else "") for one in found)
