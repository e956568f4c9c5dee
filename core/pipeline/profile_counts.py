"""Stacks that profilers found, added to their minutes in PostgreSQL.

Functions and stacks have numbers, which are few: a minute has its samples by the number of a stack. New ones of a
service are bounded by the day; what is beyond counts as `(other)`, and no sample is lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from core.clock import to_datetime
from core.db.queries import sql
from core.endpoints import stacks
from core.events import senders
from core.events.endpoint_series import OTHER
from core.events.performance.profile import Profile
from core.events.types import Event

SERIES = 500  # of a service in use within two days: endpoints by version, and runs
NAMES = 10_000  # new functions, and new stacks, of a service in a day
SERVICES = 10  # so many times the series of all services together, or no further service has any of its own
LONG = 4_096  # bytes of a minute's stacks, from where each is made to stand once
MOST_STACKS = 1_000  # of a minute
Name = tuple[str, str]  # a function by its service
Numbered = tuple[str, tuple[int, ...]]  # a stack by its service and the numbers of its functions


class ProfileKey(NamedTuple):
    """What is sampled apart; `route` is empty outside requests, `run` for what is sampled all the time."""

    service: str
    version: str
    route: str
    method: str
    run: str


def put(cursor: Any, events: Sequence[Event], now: float, most_series: int = SERIES, most_names: int = NAMES) -> None:
    """Add the samples of profiles to their minutes."""
    given = [event for event in events if isinstance(event, Profile)]
    if not given:
        return
    day = to_datetime(now).date()
    placed = _Series(cursor, day, most_series).numbers(dict.fromkeys(map(key_of, given)))
    frames = _frames(cursor, given, placed, day, most_names)
    known = _stacks(cursor, _wanted(given, placed, frames), day, most_names)
    minutes: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for event in given:
        key, number = placed[key_of(event)]
        found = minutes[int(float(event.timestamp or 0)) // 60 * 60, number]
        for stack, count in zip(_of_event(event, key.service, frames), event.counts, strict=True):
            found[known[key.service, stack]] += count
    _add(cursor, minutes)


def key_of(event: Profile) -> ProfileKey:
    """The series of an event."""
    return ProfileKey(event.service, event.version, event.route, event.method, event.run)


class _Series:
    """The numbers of series; those beyond a service's room count with the rest of it, or of all services."""

    def __init__(self, cursor: Any, day: date, most: int) -> None:
        self._cursor, self._day, self._most = cursor, day, most

    def numbers(self, wanted: Iterable[ProfileKey]) -> dict[ProfileKey, tuple[ProfileKey, int]]:
        """For each series the one where it counts, and its number."""
        keys = list(wanted)
        known = self._known(keys)
        if old := [number for number, seen in known.values() if seen < self._day]:
            self._cursor.execute(sql("profile_counts.see_series"), {"ids": old, "day": self._day})
        placed = self._placed([key for key in keys if key not in known])
        places = list(dict.fromkeys(placed.values()))
        made = self._known(places)
        if missing := [key for key in places if key not in made]:
            self._cursor.execute(sql("profile_counts.make_series"), _columns(missing) | {"day": self._day})
            made |= self._known(missing)
        at = {key: placed.get(key, key) for key in keys}
        return {key: (place, (known.get(key) or made[place])[0]) for key, place in at.items()}

    def _placed(self, new: Sequence[ProfileKey]) -> dict[ProfileKey, ProfileKey]:
        if not new:
            return {}
        self._cursor.execute(sql("profile_counts.active"), (self._day,))
        active = Counter(dict(self._cursor.fetchall()))
        total, placed = active.total(), {}
        for key in new:
            has_room = key.service in active or total < SERVICES * self._most or senders.is_reserved(key.service)
            service = key.service if has_room else OTHER
            place = key if has_room and active[service] < self._most else ProfileKey(service, "", OTHER, "", "")
            active[service] += 1
            total += 1
            placed[key] = place
        return placed

    def _known(self, keys: Sequence[ProfileKey]) -> dict[ProfileKey, tuple[int, date]]:
        if not keys:
            return {}
        self._cursor.execute(sql("profile_counts.series"), _columns(keys))
        return {keys[place - 1]: (number, seen) for place, number, seen in self._cursor.fetchall()}


def _columns(keys: Iterable[ProfileKey]) -> dict[str, list[str]]:
    columns = map(list, zip(*keys, strict=True))
    return dict(zip(("services", "versions", "routes", "methods", "runs"), columns, strict=True))


def _frames(
    cursor: Any, given: Sequence[Profile], placed: Mapping[ProfileKey, tuple[ProfileKey, int]], day: date, most: int
) -> dict[Name, int]:
    """The number of each function of each service; beyond a service's room that of `(other)`."""
    own: dict[Name, bool] = {}
    for event in given:
        service, is_own = placed[key_of(event)][0].service, set(event.own)
        for at, name in enumerate(event.frames):
            own.setdefault((service, name), at in is_own)
    names = list(own)
    known = _numbers(cursor, "frames", names, ("services", "names"), day)
    new = [name for name in names if name not in known]
    if not new:
        return known
    cursor.execute(sql("profile_counts.frames_made"), (day,))
    kept = _within(new, Counter(dict(cursor.fetchall())), most)
    beyond = [(service, OTHER) for service in sorted({service for service, name in new if (service, name) not in kept})]
    made = list(dict.fromkeys([*kept, *beyond]))
    values = {
        "services": [one[0] for one in made], "names": [one[1] for one in made],
        "own": [own.get(one, False) for one in made], "day": day,
    }  # fmt: skip
    cursor.execute(sql("profile_counts.make_frames"), values)
    known |= _numbers(cursor, "frames", made, ("services", "names"), day)
    return {name: known.get(name) or known[name[0], OTHER] for name in names}


def _of_event(event: Profile, service: str, frames: Mapping[Name, int]) -> list[tuple[int, ...]]:
    numbers = [frames[service, name] for name in event.frames]
    return [tuple(numbers[at] for at in stack) for stack in event.stacks]


def _wanted(
    given: Sequence[Profile], placed: Mapping[ProfileKey, tuple[ProfileKey, int]], frames: Mapping[Name, int]
) -> list[Numbered]:
    """Each stack once, those with the most samples first: they are kept where there is not room for all."""
    samples: Counter[Numbered] = Counter()
    for event in given:
        service = placed[key_of(event)][0].service
        for stack, count in zip(_of_event(event, service, frames), event.counts, strict=True):
            samples[service, stack] += count
    return [stack for stack, _ in samples.most_common()]


def _stacks(cursor: Any, wanted: Sequence[Numbered], day: date, most: int) -> dict[Numbered, int]:
    """The number of each stack; beyond a service's room that of all others."""
    digests = {stack: (stack[0], _digest(stack[1])) for stack in wanted}
    known = _numbers(cursor, "stacks", list(digests.values()), ("services", "digests"), day)
    new = [stack for stack in wanted if digests[stack] not in known]
    if new:
        cursor.execute(sql("profile_counts.stacks_made"), (day,))
        made = _within(new, Counter(dict(cursor.fetchall())), most)
        values = {
            "services": [service for service, _ in made], "digests": [digests[stack][1] for stack in made],
            "frames": [f"{{{','.join(map(str, numbers))}}}" for _, numbers in made], "day": day,
        }  # fmt: skip
        cursor.execute(sql("profile_counts.make_stacks"), values)
        known |= _numbers(cursor, "stacks", [digests[stack] for stack in made], ("services", "digests"), day)
    return {stack: known.get(digest, stacks.OTHER) for stack, digest in digests.items()}


def _digest(numbers: Sequence[int]) -> bytes:
    return blake2b(",".join(map(str, numbers)).encode(), digest_size=16).digest()


def _within(new: Sequence[Any], made: Counter[str], most: int) -> list[Any]:
    """Those for which their service has room today."""
    kept = []
    for one in new:
        if made[one[0]] < most:
            made[one[0]] += 1
            kept.append(one)
    return kept


def _numbers(
    cursor: Any, what: str, keys: Sequence[tuple[str, Any]], names: tuple[str, str], day: date
) -> dict[Any, int]:
    """The numbers of functions or stacks that are known; that they came in today is noted, with a stack's functions."""
    if not keys:
        return {}
    values = dict(zip(names, map(list, zip(*keys, strict=True)), strict=True))
    cursor.execute(sql(f"profile_counts.{what}"), values)
    rows = cursor.fetchall()
    if old := [number for _, number, seen in rows if seen < day]:
        cursor.execute(sql(f"profile_counts.see_{what}"), {"ids": old, "day": day})
    return {(keys[place - 1][0], _plain(keys[place - 1][1])): number for place, number, _ in rows}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _add(cursor: Any, minutes: Mapping[tuple[int, int], Counter[int]]) -> None:
    given = {
        "minutes": [minute for minute, _ in minutes],
        "ids": [number for _, number in minutes],
        "samples": [found.total() for found in minutes.values()],
        "stacks": [stacks.encode(found, MOST_STACKS) for found in minutes.values()],
        "long": LONG,
    }
    cursor.execute(sql("profile_counts.add"), given)
    long = [(at, number, bytes(found)) for at, number, found in cursor.fetchall() if at is not None]
    if long:
        times, numbers, blobs = map(list, zip(*long, strict=True))
        made = [stacks.encode(stacks.decode(blob), MOST_STACKS) for blob in blobs]
        cursor.execute(sql("profile_counts.make_compact"), {"times": times, "ids": numbers, "stacks": made})
