"""`GET /api/v1/processes`: what processes used over a range, by process, by service and by machine."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from flask import Response
from msgspec import Meta, Struct

from api import endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.endpoint_spans import HOUR
from api.window import minutes
from core import clock
from core.db.engine import Connection, Database
from core.db.queries import query
from core.endpoints.overview import LENGTHS, USUAL
from core.endpoints.processes import (
    ROUTE,
    SILENT_SECONDS,
    HostLine,
    Line,
    ProcessesOverview,
    ProcessRow,
    State,
    Usage,
)
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 100  # at most
MOST_READ = 2_000  # processes that are added up
MOST_LISTED = 300
MOST_LINES = 12  # services or processes that are drawn, those with the most CPU
MOST_HOSTS = 12
_FIELDS = ("seconds", "cpu", "memory", "collections", "pause", "requests", "busy", "capacity", "wait")
Sums = dict[str, float]


class ProcessesQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, and a service (empty: all of them)."""

    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE)
    @documented(
        "Get CPU, memory and load of every process",
        tag="endpoints",
        scope="read",
        query=ProcessesQuery,
        answers={200: ProcessesOverview},
        problems=(503,),
    )
    def processes() -> Response:
        asked, now = arguments(ProcessesQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, range_answer.range_key(asked, span), asked.service)
        return range_answer.answer(memory, key, lambda: overview(database, asked.service, span, now))


def overview(database: Database, service: str, span: tuple[int, int], now: float) -> ProcessesOverview:
    """Of minutes [first, after), widened to whole bins. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    ends = {"start": first * 60, "end": after * 60}
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        counted = {str(row[0]): int(row[1]) for row in connection.execute(query("processes.count"), ends)}
        values = {**ends, "service": service, "most": MOST_READ}
        known = _mapped(connection, "processes.known", values)
        ids = [row["id"] for row in known]
        rows = _read(connection, "bins", ids, ends, step)
        hosts = _read(connection, "hosts", ids, ends, step)
    by_process: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_process[row["process_id"]].append(row)
    bins = range(first, after, step)
    listed = [_row(one, by_process[one["id"]], bins, now) for one in known]
    order: dict[State, int] = {"running": 0, "silent": 1, "ended": 2}
    listed.sort(key=lambda one: (order[one.state], 0.0 if one.state == "running" else -one.seen, *_place(one)))
    names = {one["id"]: _name(one) if service else one["service"] for one in known}
    whole = counted.get(service, 0) if service else sum(counted.values())
    return ProcessesOverview(
        now=now, first=first, after=after, step=step, total=_usage(list(_by_bin(rows).values())),
        running=sum(one.state == "running" for one in listed), rows=listed[:MOST_LISTED],
        more=max(0, whole - MOST_LISTED), lines=_lines(rows, names, bins), hosts=_hosts(hosts, bins),
        services=sorted(counted),
    )  # fmt: skip


def _read(
    connection: Connection, name: str, ids: list[int], ends: dict[str, int], step: int
) -> Sequence[Mapping[str, Any]]:
    """Bins of less than an hour from reports, others from hours."""
    named = f"processes.{name}" if step < HOUR else f"processes.{name}_of_hours"
    return _mapped(connection, named, {**ends, "ids": ids, "step": step}) if ids else []


def _mapped(connection: Connection, name: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(query(name), values).mappings()]


def _name(one: Mapping[str, Any]) -> str:
    worker = f" worker {one['worker']}" if one["worker"] else ""
    return f"{one['host']} {one['pid']}{worker}"


def _place(one: ProcessRow) -> tuple[str, str, int]:
    return one.service, one.host, one.pid


def _row(one: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], bins: range, now: float) -> ProcessRow:
    cpu = {row["bin"]: row["cpu"] / row["seconds"] for row in rows if row["seconds"]}
    state: State = "ended" if one["ended"] else "running" if now - one["seen"] <= SILENT_SECONDS else "silent"
    return ProcessRow(
        service=one["service"], version=one["version"], host=one["host"], pid=one["pid"], worker=one["worker"],
        started=one["started"], seen=one["seen"], state=state, usage=_of_one(rows),
        memory_max=max((row["memory_max"] for row in rows), default=0),
        threads=max((row["threads"] for row in rows), default=0), files=max((row["files"] for row in rows), default=0),
        cpu_trend=[round(cpu.get(at, 0.0), 4) for at in bins],
    )  # fmt: skip


def _sums(rows: Iterable[Mapping[str, Any]]) -> Sums:
    found = dict.fromkeys((*_FIELDS, "wait_max", "span"), 0.0)
    for row in rows:
        for name in _FIELDS:
            found[name] += row[name]
        found["wait_max"] = max(found["wait_max"], row["wait_max"])
        found["span"] = max(found["span"], row["seconds"])  # side by side; the longest is how long the bin was
    return found


def _of_one(rows: Sequence[Mapping[str, Any]]) -> Usage:
    """A process over its bins, which follow one another."""
    found = _sums(rows)
    return _usage([{**found, "span": found["seconds"]}] if rows else [])


def _by_bin(rows: Iterable[Mapping[str, Any]]) -> dict[int, Sums]:
    """What processes that run side by side came to in each bin."""
    grouped: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["bin"]].append(row)
    return {at: _sums(group) for at, group in grouped.items()}


def _usage(bins: Sequence[Sums]) -> Usage:
    if not bins:
        return Usage()
    total: Callable[[str], float] = lambda name: sum(one[name] for one in bins)  # noqa: E731
    span, requests, capacity = total("span"), int(total("requests")), total("capacity")
    return Usage(
        cpu=total("cpu") / span if span else None,
        memory=total("memory") / span if span else None,
        busy=min(1.0, total("busy") / capacity) if capacity else None,
        requests=requests,
        wait=total("wait") / requests if requests and capacity else None,
        wait_max=max(one["wait_max"] for one in bins) if capacity else None,
        pause=total("pause") / total("seconds") if total("seconds") else None,
        collections=int(total("collections")),
    )


def _lines(rows: Sequence[Mapping[str, Any]], names: Mapping[int, str], bins: range) -> list[Line]:
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[names[row["process_id"]]].append(row)
    most = sorted(grouped, key=lambda name: (-sum(row["cpu"] for row in grouped[name]), name))[:MOST_LINES]
    found = []
    for name in sorted(most):
        by_bin = _by_bin(grouped[name])
        found.append(Line(name=name, bins=[_usage([by_bin[at]]) if at in by_bin else Usage() for at in bins]))
    return found


def _hosts(rows: Sequence[Mapping[str, Any]], bins: range) -> list[HostLine]:
    grouped: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        grouped[row["host"]][row["bin"]] = row
    return [
        HostLine(
            name=name,
            **{part: [found[at][part] if at in found else None for at in bins] for part in ("cpu", "memory", "disk")},
        )
        for name, found in sorted(grouped.items())[:MOST_HOSTS]
    ]
