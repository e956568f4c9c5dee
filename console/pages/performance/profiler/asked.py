"""What the address of the page Profiler asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.pages.performance.reading import Asked
from core.endpoints.profiles import BASES, LENGTHS, USUAL

FIELDS = ("service", "route", "method", "version", "run", "frame", "libraries", "base", "base_version", "base_run")
FOLD, SHOW = "fold", "show"
LONG = {"30d", "90d"}  # ranges of the other pages, longer than stacks are kept


@dataclass(frozen=True)
class Wanted(Asked):
    """A filter, a profile on demand, a function, and what to compare with."""

    run: str = ""
    frame: str = ""
    libraries: str = FOLD
    base: str = ""
    base_version: str = ""
    base_run: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As arguments of an address; what is usual on the page is left out."""
        span = {"from": self.start, "to": self.end} if self.start else {"range": self.range}
        found = {name: getattr(self, name) for name in FIELDS} | span
        usual = {"range": USUAL, "libraries": FOLD}
        return {name: value for name, value in found.items() if value and usual.get(name) != value}

    @property
    def compared(self) -> str:
        """What it is compared with, as one value of a form."""
        if self.base_run:
            return f"run:{self.base_run}"
        return f"version:{self.base_version}" if self.base_version else self.base


def wanted(args: Mapping[str, str]) -> Wanted:
    """What an address asks for; a range or a comparison that there is not is the usual one.

    The form sends an endpoint as `GET /route`, and a comparison as one value.
    """
    start, end = args.get("from", "")[:64], args.get("to", "")[:64]
    is_fixed = bool(start and end)
    named = {name: args.get(name, "")[:300].replace("\0", "") for name in FIELDS}
    if endpoint := args.get("endpoint", "").replace("\0", ""):
        method, _, route = endpoint.partition(" ")
        named |= {"method": method[:20], "route": route[:300]}
    if "compare" in args:
        named |= _comparison(args["compare"].replace("\0", ""))
    if named["base"] not in BASES:
        named["base"] = ""
    named["libraries"] = SHOW if named["libraries"] == SHOW else FOLD
    for name, most in (("version", 100), ("base_version", 100), ("run", 40), ("base_run", 40)):
        named[name] = named[name][:most]
    length = args.get("range", "")
    return Wanted(
        **named,
        range=length if length in LENGTHS else "7d" if length in LONG else USUAL,
        start=start if is_fixed else "",
        end=end if is_fixed else "",
    )


def _comparison(value: str) -> dict[str, str]:
    kind, _, name = value.partition(":")
    found = {"base": "", "base_version": "", "base_run": ""}
    if kind in ("version", "run"):
        return found | {f"base_{kind}": name}
    return found | {"base": value}
