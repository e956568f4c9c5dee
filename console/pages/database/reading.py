"""What the pages of queries ask the monitoring API for."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.pages.performance import reading
from console.pages.performance.reading import Asked


@dataclass(frozen=True)
class AskedQuery(Asked):
    """A range and a filter by service or endpoint; `kind` and `query` name one query."""

    kind: str = ""
    query_name: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As arguments; what is empty is left out."""
        own = {"kind": self.kind, "query": self.query_name}
        return {**super().values, **{name: value for name, value in own.items() if value}}

    @property
    def range_only(self) -> Asked:
        """The range without the filter."""
        return Asked(range=self.range, start=self.start, end=self.end)


def asked(args: Mapping[str, str]) -> AskedQuery:
    """What an address asks for. An endpoint comes as `endpoint` (service, method and route), or in its parts."""
    known = reading.asked(args)
    service, route, method = known.service, known.route, known.method
    if "endpoint" in args and not route:
        service, method, route = [*args["endpoint"][:500].replace("\0", "").split(" ", 2), "", "", ""][:3]
        method = method if method != "-" else ""
    return AskedQuery(
        service=service, route=route, method=method, range=known.range, start=known.start, end=known.end,
        kind=args.get("kind", "")[:20].replace("\0", ""), query_name=args.get("query", "")[:100].replace("\0", ""),
    )  # fmt: skip
