"""What an address of the pages of exceptions asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.pages.performance import reading
from console.pages.performance.reading import Asked
from core.endpoints.exceptions import STATES

ANY = "all"


@dataclass(frozen=True)
class AskedExceptions(Asked):
    """A filter of exceptions, or one of them by its number, and a range. Open ones are the usual."""

    state: str = "open"
    search: str = ""
    id: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As arguments of the monitoring API."""
        if self.id:
            return {"id": self.id, **self.span}
        state = {} if self.state == ANY else {"state": self.state}
        return {**super().values, **state, **({"search": self.search} if self.search else {})}

    @property
    def span(self) -> dict[str, str]:
        """The range alone."""
        return {name: value for name, value in super().values.items() if name in ("range", "from", "to")}

    @property
    def filter(self) -> dict[str, str]:
        """As an address of the page has them."""
        kept = {name: value for name, value in self.values.items() if name != "state"}
        return kept if self.state == "open" else {**kept, "state": self.state}


def asked(args: Mapping[str, str], number: int = 0) -> AskedExceptions:
    """What an address asks for; a state that there is not is the usual one."""
    usual = reading.asked(args)
    given = args.get("state", "")
    known = {name: getattr(usual, name) for name in Asked.__dataclass_fields__}
    return AskedExceptions(
        **known, state=given if given in (*STATES, ANY) else "open",
        search=args.get("search", "").strip()[:200].replace("\0", ""), id=f"{number}" if number else "",
    )  # fmt: skip
