"""What rules and services depend on: `depends_on` names a service, a process of ours, or what a rule `watches`. Pure.

A rule of a kind with `things` watches things by itself: `service` the services, `processes` its targets. A name stands
for whatever watches it, so that its alert is the cause of what depends on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Names = tuple[str, ...]
PROCESSES = (
    "api",
    "scoring",
    "console",
    "collector",
    "statuses",
    "trainer",
)  # ours, whether or not a rule watches them


class Source(NamedTuple):
    """A series of a rule whose firing means that something is down; `series` None: any."""

    rule: str
    series: str | None


@dataclass(frozen=True)
class Dependencies:
    """`sources` of each name; `rules` and `services` are what each depends on, `of_services` rules about services."""

    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    rules: Mapping[str, Names] = field(default_factory=dict)
    services: Mapping[str, Names] = field(default_factory=dict)
    of_services: frozenset[str] = frozenset()

    def of(self, rule: str, series: str | None) -> Names:
        """What a series depends on itself."""
        own = self.services.get(series or "", ()) if rule in self.of_services else ()
        return (*own, *self.rules.get(rule, ()))

    def causes(self, rule: str, series: str) -> tuple[Source, ...]:
        """All that a series may follow from, the nearest first; what a cause depends on itself is among it."""
        found: dict[Source, None] = {}
        waiting = list(self.of(rule, series))
        met = set(waiting)
        while waiting:
            for source in self.sources.get(waiting.pop(0), ()):
                if source in (Source(rule, series), Source(rule, None)):
                    continue
                found.setdefault(source)
                fresh = [name for name in self.of(*source) if name not in met]
                met |= set(fresh)
                waiting += fresh
        return tuple(found)

    def unwatched(self) -> list[str]:
        """Names that something depends on and nothing watches: they never explain anything."""
        named = {name for names in (*self.rules.values(), *self.services.values()) for name in names}
        return sorted(name for name in named if not self.sources.get(name))

    def cycle(self, name: str) -> Names:
        """How a name depends on itself, from the name to the name; () when it does not."""
        trail: dict[str, Names] = {name: (name,)}
        waiting = [name]
        while waiting:
            here = waiting.pop(0)
            for source in self.sources.get(here, ()):
                for further in self.of(*source):
                    if further == name:
                        return (*trail[here], name)
                    if further not in trail:
                        trail[further] = (*trail[here], further)
                        waiting.append(further)
        return ()


def sources(watched: Iterable[tuple[str, Source]]) -> dict[str, tuple[Source, ...]]:
    """The sources of each name."""
    found: dict[str, tuple[Source, ...]] = {}
    for name, source in watched:
        found[name] = (*found.get(name, ()), source)
    return found
