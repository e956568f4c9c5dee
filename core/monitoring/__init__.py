"""The typed contract of the monitoring API: a module a resource, and here the snapshot that carries them.

Each module names its type as RESOURCE; `resources()` finds them. One that also names a query (QUERY), and how many
seconds its data are good for (REFRESH), is read by that query alone; any other has its read in `api/resources`.
The API answers them, the console decodes them, the OpenAPI document and the tests' stand-in for the API are made from
them. A type ignores fields that it does not know, so that a console and an API of neighbouring releases understand each
other. Times are epoch milliseconds unless a type says otherwise; what may be missing is None.
"""

from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from core import codec
from core.discovery import discover, modules
from core.errors import ConfigError

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


class DeclaredRead(NamedTuple):
    """A resource that is what one named query returns. `refresh`: seconds; `about`: what it holds, for documents."""

    kind: Any
    query: str
    refresh: float
    about: str


@cache
def resources() -> dict[str, Any]:
    """The type of each resource by its name, in alphabetical order."""
    return discover(__name__, "RESOURCE")


@cache
def declared_reads() -> dict[str, DeclaredRead]:
    """The resources that name their query, by their name. Raises ConfigError for one without REFRESH."""
    found = {name: one for name, one in modules(__name__, "RESOURCE").items() if hasattr(one, "QUERY")}
    if wrong := [f"{one.__name__} has QUERY but no REFRESH" for one in found.values() if not hasattr(one, "REFRESH")]:
        raise ConfigError(wrong)
    return {
        name: DeclaredRead(one.RESOURCE, one.QUERY, one.REFRESH, (one.__doc__ or name).strip().splitlines()[0])
        for name, one in found.items()
    }


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
