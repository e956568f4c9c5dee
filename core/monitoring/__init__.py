"""The typed contract of the monitoring API: a module a resource, and here the snapshot that carries them.

Each module names its type as RESOURCE; `resources()` finds them. The API answers them, the console decodes them, the
OpenAPI document and the tests' stand-in for the API are made from them. A type ignores fields that it does not know, so
that a console and an API of neighbouring releases understand each other. Times are epoch milliseconds unless a type
says otherwise; what may be missing is None.
"""

from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from core import codec
from core.discovery import discover

T = TypeVar("T")


class ResourceError(Struct, frozen=True):
    """Why a resource has no data: a heading and a sentence for people."""

    title: str
    detail: str


class ResourceResult(Struct, Generic[T], frozen=True):
    """One resource of a snapshot: the version at which it last changed, and its data or its error."""

    version: int
    data: T | UnsetType = UNSET
    error: ResourceError | UnsetType = UNSET

    @property
    def known(self) -> T | None:
        """Its data; None where there are none."""
        return None if isinstance(self.data, UnsetType) else self.data


class TimeRange(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The span that a snapshot shows, ISO 8601 UTC; `label` names a rolling one (15m, 1h, 6h, 24h)."""

    label: str
    start: str
    end: str


class Snapshot(Struct, Generic[T], frozen=True, rename={"resources": "parts"}):
    """Many resources at once. `as_of` (ISO 8601 UTC): everything that happened until then is counted; `down`: what
    cannot be reached."""

    version: int
    as_of: str
    range: TimeRange
    down: list[str]
    resources: T


Undecoded = Snapshot[dict[str, ResourceResult[Raw]]]
"""A snapshot as received: each resource is decoded by itself, so that one that is wrong leaves its neighbours alone."""


@cache
def resources() -> dict[str, Any]:
    """The type of each resource by its name, in alphabetical order."""
    return discover(__name__, "RESOURCE")


@cache
def snapshot_type() -> Any:
    """The type of a snapshot with the type of each resource, for the OpenAPI document and for tests."""
    # Made from what `resources()` finds, so no static checker can follow: hence the two `type: ignore`.
    fields = [(name, ResourceResult[kind] | UnsetType, UNSET) for name, kind in resources().items()]  # type: ignore[valid-type]
    known = msgspec.defstruct(
        "Resources", fields, frozen=True, module=__name__, namespace={"__doc__": "Those of the resources asked for."}
    )
    return Snapshot[known]  # type: ignore[valid-type]


def received(body: bytes) -> Undecoded:
    """A snapshot's body. Raises msgspec.MsgspecError, a ValueError, for one that is none."""
    return msgspec.json.decode(body, type=Undecoded)


def decoded(answer: ResourceResult[Raw], kind: Any) -> ResourceResult[Any]:
    """The answer with its data as a value of `kind`. Raises msgspec.ValidationError for data of another shape."""
    if isinstance(answer.data, UnsetType):
        return answer
    return ResourceResult(answer.version, msgspec.json.decode(answer.data, type=kind), answer.error)


def rebuilt(value: Any, kind: Any) -> Any:
    """`value` (structs or plain data) as a reader gets it: encoded and decoded. Raises msgspec.ValidationError."""
    return msgspec.json.decode(codec.encode(value), type=kind)
