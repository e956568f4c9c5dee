"""Exceptions grouped in PostgreSQL: what many processes report of one bug adds up in its group.

An event counts once by its key, as every event does, so adding is all there is to do. Groups are locked in one order,
then what hangs on them, so that writers never wait for one another in a circle.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.db.queries import sql
from core.endpoints import fingerprint
from core.events import senders
from core.events.performance.exception import MESSAGE, OTHER, Cause, ExceptionReport, plain
from core.events.types import Event

MOST_GROUPS = 1_000  # of a service
SERVICES = 10  # so many times that are of all services together
MOST_PLACES = 100  # versions and endpoints of a group in an hour
MOST_USERS = 1_000  # of a group
MOST_SAMPLES = 10  # of a group
MOST_STACK = 24_000  # bytes of a sample's stack, as JSON
MOST = 10**15  # in a count
SHOWN = 500  # characters of the message that a group has
MINUTE, HOUR = 60, 3600

Key = tuple[str, str]  # service and fingerprint


@dataclass(slots=True)
class Tally:
    """What is new of one group: its reports, and the newest of them."""

    newest: ExceptionReport
    oldest: ExceptionReport
    count: int = 0
    minutes: Counter[int] = field(default_factory=Counter)
    hours: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    users: dict[str, list[float]] = field(default_factory=dict)  # first, last, count

    def add(self, report: ExceptionReport) -> None:
        """Add a report."""
        at, count = time_of(report), report.count
        self.newest = max(self.newest, report, key=time_of)
        self.oldest = min(self.oldest, report, key=time_of)
        self.count += count
        self.minutes[int(at) // MINUTE * MINUTE] += count
        self.hours[int(at) // HOUR * HOUR, report.version, report.route, report.method] += count
        for name, times in report.users.items():
            known = self.users.setdefault(name, [at, at, 0])
            known[:] = min(known[0], at), max(known[1], at), known[2] + times


def put(cursor: Any, events: Sequence[Event], now: float, most_groups: int = MOST_GROUPS) -> None:
    """Add exceptions to their groups; what is beyond `most_groups` of a service is one group, `(other)`."""
    reports = [event for event in events if isinstance(event, ExceptionReport)]
    if not reports:
        return
    placed = _placed(cursor, [(one.service, fingerprint.of(one)) for one in reports], most_groups)
    tallies: dict[Key, Tally] = {}
    for report, key in zip(reports, placed, strict=True):
        tallies.setdefault(key, Tally(report, report)).add(report)
    numbers = _groups(cursor, tallies, now)
    by_id = {numbers[key]: tally for key, tally in tallies.items()}
    _minutes(cursor, by_id)
    _hours(cursor, by_id)
    _users(cursor, by_id)
    _samples(cursor, {numbers[key]: tally for key, tally in tallies.items() if key[1] != fingerprint.REST})


def time_of(report: ExceptionReport) -> float:
    """Epoch seconds of a report."""
    return float(report.timestamp or 0)


def _placed(cursor: Any, keys: Sequence[Key], most: int) -> list[Key]:
    """The group of each: its own, or the rest of its service, or of all services, when there is no room for it."""
    distinct = list(dict.fromkeys(keys))
    cursor.execute(sql("exception_counts.groups"), _columns(("services", "fingerprints"), distinct))
    known = {distinct[place - 1] for (place,) in cursor.fetchall()}
    if not (new := [key for key in distinct if key not in known]):
        return list(keys)
    cursor.execute(sql("exception_counts.sizes"))
    sizes = Counter(dict(cursor.fetchall()))
    total, found = sizes.total(), {key: key for key in known}
    for service, mark in new:
        has_room = service in sizes or total < SERVICES * most or senders.is_reserved(service)
        place = (
            (service, mark if sizes[service] < most else fingerprint.REST) if has_room else (OTHER, fingerprint.REST)
        )
        if place not in found:
            sizes[place[0]] += 1
            total += 1
        found[service, mark] = found[place] = place
    return [found[key] for key in keys]


def _groups(cursor: Any, tallies: dict[Key, Tally], now: float) -> dict[Key, int]:
    rows = []
    for (service, mark), one in tallies.items():
        rest = mark == fingerprint.REST
        newest = one.newest
        rows.append((
            service, mark, OTHER if rest else newest.type, "" if rest else fingerprint.culprit(newest.chain()),
            "" if rest else plain(newest.message, SHOWN), time_of(one.oldest), time_of(newest), one.oldest.version,
            newest.version, one.count,
        ))  # fmt: skip
    names = (
        "services", "fingerprints", "types", "culprits", "messages", "firsts", "lasts", "first_versions",
        "last_versions", "counts",
    )  # fmt: skip
    cursor.execute(sql("exception_counts.put"), _columns(names, rows) | {"now": now, "most": MOST})
    return {(service, mark): number for number, service, mark in cursor.fetchall()}


def _minutes(cursor: Any, tallies: dict[int, Tally]) -> None:
    rows = [(number, at, count) for number, one in tallies.items() for at, count in one.minutes.items()]
    given = _columns(("ids", "minutes", "counts"), rows)
    cursor.execute(sql("exception_counts.add_minutes"), given | {"most": MOST})


def _hours(cursor: Any, tallies: dict[int, Tally]) -> None:
    """A group has so many versions and endpoints in an hour, then the endpoint is `(other)`."""
    rows = [((number, *place), count) for number, one in tallies.items() for place, count in one.hours.items()]
    cursor.execute(sql("exception_counts.places"), _columns(("ids", "hours"), [place[:2] for place, _ in rows]))
    known = set(cursor.fetchall())
    sizes = Counter(place[:2] for place in known)
    found: Counter[tuple[Any, ...]] = Counter()
    for place, count in rows:
        if place not in known and place not in found:
            if sizes[place[:2]] >= MOST_PLACES:
                place = (*place[:2], "", OTHER, "")  # where it counts
            else:
                sizes[place[:2]] += 1
        found[place] += count
    names = ("ids", "hours", "versions", "routes", "methods", "counts")
    given = _columns(names, [(*place, count) for place, count in found.items()])
    cursor.execute(sql("exception_counts.add_hours"), given | {"most": MOST})


def _users(cursor: Any, tallies: dict[int, Tally]) -> None:
    rows: list[tuple[int, str, float, float, float]] = [
        (number, name, first, last, count)
        for number, one in tallies.items()
        for name, (first, last, count) in one.users.items()
    ]
    if not rows:
        return
    given = _columns(("ids", "names", "firsts", "lasts", "counts"), rows)
    cursor.execute(sql("exception_counts.users"), given)
    sizes, known = Counter[int](), set[int]()
    for number, size, places in cursor.fetchall():
        sizes[number] = size
        known.update(places or ())
    kept = []
    for place, row in enumerate(rows, 1):
        if place not in known:
            if sizes[row[0]] >= MOST_USERS:
                continue
            sizes[row[0]] += 1
        kept.append(row)
    given = _columns(("ids", "names", "firsts", "lasts", "counts"), kept)
    cursor.execute(sql("exception_counts.add_users"), given | {"most": MOST})


def _samples(cursor: Any, tallies: dict[int, Tally]) -> None:
    if not tallies:
        return
    rows = []
    for number, one in sorted(tallies.items()):
        new = one.newest
        rows.append((
            number, time_of(new), new.version, new.route, new.method, next(iter(new.users), ""), new.message,
            stack_of(new),
        ))  # fmt: skip
    names = ("ids", "times", "versions", "routes", "methods", "users", "messages", "stacks")
    cursor.execute(sql("exception_counts.add_samples"), _columns(names, rows))
    cursor.execute(sql("exception_counts.trim_samples"), {"ids": list(tallies), "most": MOST_SAMPLES})


def stack_of(report: ExceptionReport) -> str:
    """The chain of exceptions as JSON, bounded: causes in the middle go first, then frames in the middle."""
    chain = [Cause(report.type, plain(report.message, MESSAGE), report.frames), *report.causes]
    left_out = report.left_out
    while True:
        text = msgspec.json.encode({"chain": chain, "left_out": left_out, "text": report.stacktrace})
        longest = max(chain, key=lambda one: len(one.frames))
        if len(text) <= MOST_STACK or (len(chain) == 1 and len(longest.frames) <= 1):
            return text.decode()
        if len(chain) > 2:
            left_out += len(chain.pop(-2).frames)
        else:
            half = len(longest.frames) // 2
            kept = [*longest.frames[: half // 2], *longest.frames[half // 2 - half :]] if half else []
            left_out += len(longest.frames) - len(kept)
            chain[chain.index(longest)] = msgspec.structs.replace(longest, frames=kept)
            if not half:
                chain = chain[:1]


def _columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Rows as an array for each column."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(names, columns or [[] for _ in names], strict=True))
