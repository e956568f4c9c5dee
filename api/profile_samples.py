"""The samples of a filter from PostgreSQL: stacks by the names of their functions, exact whatever is read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from core.db.engine import Connection
from core.db.queries import query
from core.endpoints import stacks
from core.events.endpoint_series import OTHER

MOST_STACKS = 20_000  # of a read, those with the most samples; the rest counts as (other) of its endpoint
HOUR = 60


class Wanted(NamedTuple):
    """A filter and a span of minutes; what is empty is any."""

    service: str
    route: str
    method: str
    version: str
    run: str
    first: int
    after: int


class Names:
    """Functions by number and by name: one number for a name, whatever service it is of."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.own: dict[int, bool] = {}
        self._numbers: dict[str, int] = {}

    def number(self, text: str, is_own: bool) -> int:
        """The number of a name."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
            self.own[found] = is_own
        return found

    def find(self, text: str) -> int | None:
        """The number of a name that there is."""
        return self._numbers.get(text)


class Places(NamedTuple):
    """What a path begins with: the service and the endpoint, where they are not those of the filter."""

    service: str
    endpoint: str


Read = dict[tuple[Places, int], int]  # samples by place and stack


def read(connection: Connection, wanted: Wanted) -> Read:
    """Samples by stack. Raises DatabaseUnavailable."""
    known = {"service": wanted.service, "version": wanted.version, "run": wanted.run}
    rows = connection.execute(query("profiles.series"), {**known, "route": wanted.route, "method": wanted.method})
    places = {
        number: Places("" if wanted.service else service, "" if wanted.route else f"{method} {route}".strip())
        for number, service, route, method in rows
    }
    if not places:
        return {}
    span = {"start": wanted.first * 60, "end": wanted.after * 60, "ids": list(places)}
    found: Counter[tuple[Places, int]] = Counter()
    for number, packed in connection.execute(query("profiles.samples"), span):
        for stack, samples in stacks.decode(bytes(packed)).items():
            found[places[number], stack] += samples
    if len(found) <= MOST_STACKS:
        return dict(found)
    listed = found.most_common()
    kept = Counter(dict(listed[:MOST_STACKS]))
    for (place, _), samples in listed[MOST_STACKS:]:
        kept[place, stacks.OTHER] += samples
    return dict(kept)


def paths(connection: Connection, found: Iterable[Read], names: Names) -> Mapping[int, list[int]]:
    """The functions of each stack in what was read, by the numbers of their names."""
    wanted = {stack for one in found for _, stack in one} - {stacks.OTHER}
    rows = connection.execute(query("profiles.stacks"), {"ids": sorted(wanted)}).all() if wanted else []
    ids = {frame for _, frames in rows for frame in frames}
    listed = connection.execute(query("profiles.frames"), {"ids": sorted(ids)}).all() if ids else []
    numbers = {number: names.number(name, own) for number, name, own in listed}
    other = names.number(OTHER, False)
    made: dict[int, list[int]] = defaultdict(lambda: [other])
    made |= {stack: [numbers.get(frame, other) for frame in frames] for stack, frames in rows}
    return made


def placed(read: Read, paths: Mapping[int, list[int]], names: Names) -> Iterator[tuple[list[int], list[int], int]]:
    """Where each stack stands (service, endpoint), its functions and its samples."""
    for (place, stack), samples in read.items():
        yield [names.number(text, True) for text in place if text], paths[stack], samples
