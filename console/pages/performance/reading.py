"""What the pages of endpoints show, from the monitoring API: what an address asks for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from core.endpoints.overview import LENGTHS, USUAL
from core.errors import HttpUnavailable
from core.http import HttpClient

FIELDS = ("service", "route", "method", "version")
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a filter or an endpoint, and a range or a span (ISO 8601)."""

    service: str = ""
    route: str = ""
    method: str = ""
    version: str = ""
    range: str = USUAL
    start: str = ""
    end: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As arguments; what is empty is left out, and so is the usual range."""
        span = {"from": self.start, "to": self.end} if self.start else {"range": self.range}
        found = {name: getattr(self, name) for name in FIELDS} | span
        return {name: value for name, value in found.items() if value and (name, value) != ("range", USUAL)}

    def query(self, **changes: str) -> str:
        """The query of an address with some of it changed; an empty value takes away."""
        kept = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass
class Shown(Generic[T]):
    """What the API answered. `away` says what cannot be reached, `refused` why the address was not understood;
    `missing`: there is nothing of that name.
    """

    asked: Asked
    found: T | None = None
    away: str = ""
    refused: str = ""
    missing: bool = False


def asked(args: Mapping[str, str]) -> Asked:
    """What an address asks for; a range that there is not is the usual one."""
    start, end = args.get("from", "")[:64], args.get("to", "")[:64]
    fixed = bool(start and end)
    named = {name: args.get(name, "")[:300].replace("\0", "") for name in FIELDS}
    length = args.get("range", "")
    return Asked(
        **named,
        range=length if length in LENGTHS else USUAL,
        start=start if fixed else "",
        end=end if fixed else "",
    )


def only(wanted: Asked, *names: str) -> Asked:
    """The same with no other filters than these."""
    return replace(wanted, **{name: "" for name in FIELDS if name not in names})


def read(client: HttpClient, path: str, wanted: Asked, kind: type[T], **more: str) -> Shown[T]:
    """The answer of a path of the monitoring API to what is wanted, and to `more` arguments."""
    return read_one(client, f"{path}?{urlencode({**wanted.values, **more})}", wanted, kind)


def read_one(client: HttpClient, address: str, wanted: Asked, kind: type[T]) -> Shown[T]:
    """The answer of an address of the monitoring API; nothing is found or away where there is no such thing."""
    try:
        answer = client.get(address)
        if answer.status == 400:
            return Shown(wanted, refused=str(answer.json().get("detail", "The address is not understood")))
        if answer.status == 404:
            return Shown(wanted, missing=True)
        if answer.status == 503:
            return Shown(wanted, away="PostgreSQL")
        if answer.status != 200:
            raise HttpUnavailable(f"the monitoring API answered {answer.status}")
        return Shown(wanted, msgspec.json.decode(answer.body, type=kind))
    except (HttpUnavailable, msgspec.MsgspecError):
        return Shown(wanted, away="the monitoring API")
