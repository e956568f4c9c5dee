"""What processes report of themselves, in PostgreSQL: each report as it is, and added to its hour and its day.

A report counts once by its key, as every event does, so adding is all there is to do. A service has a bounded number of
processes in two days; what is beyond is one process of the host `(other)`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from core.clock import to_datetime
from core.db.engine import execute_values
from core.db.queries import sql
from core.events import senders
from core.events.endpoint_series import OTHER
from core.events.performance.process import Process
from core.events.types import Event

HOUR = 3600
MOST_PROCESSES = 1_000  # of a service in two days
MOST_SERVICES = 100  # services of others in two days; then further ones are counted together


class ProcessKey(NamedTuple):
    """Which process it is; `started` is in epoch seconds."""

    service: str
    host: str
    pid: int
    started: float


def put(cursor: Any, events: Sequence[Event], now: float, most: int = MOST_PROCESSES) -> None:
    """Store the reports of processes among the events."""
    reports = [event for event in events if isinstance(event, Process)]
    if not reports:
        return
    numbers = _numbers(cursor, reports, most, to_datetime(now).date())
    samples = [(to_datetime(_at(one)), numbers[_key(one)], *_sample(one)) for one in reports]
    execute_values(cursor, sql("process_reports.add_samples"), _summed(samples), page_size=500)
    hours = [(to_datetime(_at(one) // HOUR * HOUR), numbers[_key(one)], *_hour(one)) for one in reports]
    execute_values(cursor, sql("process_reports.add_hours"), _summed(hours, _HOUR_MOST), page_size=500)
    days = Counter[tuple[date, str, bool, str]]()
    sizes = Counter[tuple[date, str, bool, str]]()
    for one in reports:
        if one.sender:  # what others publish and drop is no cost of ours
            continue
        day = to_datetime(_at(one)).date()
        for kind, number in one.published.items():
            days[day, one.service, False, kind] += number
            sizes[day, one.service, False, kind] += one.published_bytes.get(kind, 0)
        for name, number in one.dropped.items():
            days[day, one.service, True, name] += number
    if days:
        rows = [(*key, days[key], sizes[key]) for key in sorted(days)]
        execute_values(cursor, sql("process_reports.add_days"), rows, page_size=500)


def _at(report: Process) -> float:
    return float(report.timestamp or 0)


def _key(report: Process) -> ProcessKey:
    return ProcessKey(report.service, report.host, report.pid, round(report.started, 3))


def _numbers(cursor: Any, reports: Sequence[Process], most: int, day: date) -> dict[ProcessKey, int]:
    """The number of each process; new ones are made as long as their service has room."""
    newest = {_key(one): one for one in sorted(reports, key=_at)}
    known = _known(cursor, newest)
    if new := [key for key in newest if key not in known]:
        cursor.execute(sql("process_reports.active"), (day,))
        placed = _placed(new, Counter(dict(cursor.fetchall())), most)
        made = sorted({place: newest[key] for key, place in placed.items()}.items(), key=lambda pair: pair[0])
        rows = [
            (
                place.service, "" if place.host == OTHER else one.version, place.host, place.pid,
                "" if place.host == OTHER else one.worker, to_datetime(place.started), to_datetime(_at(one)), False,
            )
            for place, one in made
        ]  # fmt: skip
        execute_values(cursor, sql("process_reports.make"), rows, page_size=500)
        numbers = _known(cursor, placed.values())
        known |= {key: numbers[place] for key, place in placed.items()}
    seen = [(known[key], to_datetime(_at(one)), one.ended) for key, one in newest.items()]
    execute_values(cursor, sql("process_reports.see"), sorted(_latest(seen)), page_size=500)
    return known


def _latest(seen: Iterable[tuple[int, Any, bool]]) -> list[tuple[int, Any, bool]]:
    """One row a process: several may be counted together."""
    found: dict[int, tuple[int, Any, bool]] = {}
    for row in seen:
        if row[0] not in found or found[row[0]][1] < row[1]:
            found[row[0]] = row
    return list(found.values())


def _placed(new: Sequence[ProcessKey], active: Counter[str], most: int) -> dict[ProcessKey, ProcessKey]:
    placed = {}
    for key in new:
        ours = senders.is_reserved(key.service) or key.service in active or len(active) < MOST_SERVICES
        service = key.service if ours else OTHER
        place = key if ours and active[service] < most else ProcessKey(service, OTHER, 0, 0.0)
        active[service] += 1
        placed[key] = place
    return placed


def _known(cursor: Any, keys: Iterable[ProcessKey]) -> dict[ProcessKey, int]:
    listed = list(dict.fromkeys(keys))
    columns = list(map(list, zip(*listed, strict=True)))
    cursor.execute(
        sql("process_reports.known"), dict(zip(("services", "hosts", "pids", "starts"), columns, strict=True))
    )
    return {listed[place - 1]: number for place, number in cursor.fetchall()}


def _sample(one: Process) -> tuple[Any, ...]:
    return (
        one.seconds, one.cpu_seconds, one.memory, one.threads, one.files, one.collections, one.pause_seconds,
        one.requests, one.busy_seconds, one.capacity, one.wait_seconds, one.wait_max, one.overhead_seconds,
        one.record_seconds, one.records, one.fold_seconds, one.host_cpu, one.host_memory, one.host_disk,
    )  # fmt: skip


def _hour(one: Process) -> tuple[Any, ...]:
    has_host = one.host_cpu is not None
    host = [
        (share or 0.0) * one.seconds if has_host else 0.0 for share in (one.host_cpu, one.host_memory, one.host_disk)
    ]
    return (
        one.seconds, one.cpu_seconds, float(one.memory) * one.seconds, one.memory, one.threads, one.files,
        one.collections, one.pause_seconds, one.requests, one.busy_seconds, one.capacity * one.seconds,
        one.wait_seconds, one.wait_max, one.overhead_seconds, one.record_seconds, one.records, one.fold_seconds,
        one.seconds if has_host else 0.0, *host,
    )  # fmt: skip


_HOUR_MOST = frozenset({5, 6, 7, 14})  # columns of an hour that are a maximum: memory, threads, files, the longest wait
_SAMPLE_MOST = frozenset({13, 18, 19, 20})  # of a report: the longest wait, the host's shares


def _summed(rows: Sequence[tuple[Any, ...]], most: frozenset[int] = _SAMPLE_MOST) -> list[tuple[Any, ...]]:
    """One row for each time and process, in one order for all; a statement cannot add to a row twice."""
    found: dict[tuple[Any, Any], tuple[Any, ...]] = {}
    for row in rows:
        before = found.get(row[:2])
        found[row[:2]] = row if before is None else (*row[:2], *(
            _both(a, b, place in most) for place, (a, b) in enumerate(zip(before[2:], row[2:], strict=True), 2)
        ))  # fmt: skip
    return [found[key] for key in sorted(found)]


def _both(a: Any, b: Any, is_most: bool) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b) if is_most else a + b
