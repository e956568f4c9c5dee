"""`GET /api/v1/overhead`: what monitoring itself costs, in requests, in CPU, in events and in what was dropped."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from flask import Response
from msgspec import Meta, Struct

from api import endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.endpoint_spans import HOUR
from api.window import minutes
from core import clock
from core.db.engine import Database
from core.db.queries import query
from core.endpoints.overhead import ROUTE, Brought, Cost, Overhead
from core.endpoints.overview import LENGTHS, USUAL
from core.events.performance.kinds import KINDS
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 100
DAYS = 7
OURS = frozenset({"request", "request-counts"}) | {str(kind.__struct_config__.tag) for kind in KINDS}


class OverheadQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE)
    @documented(
        "Get what monitoring itself costs",
        tag="endpoints",
        scope="read",
        query=OverheadQuery,
        answers={200: Overhead},
        problems=(503,),
    )
    def overhead() -> Response:
        asked, now = arguments(OverheadQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        key = (ROUTE, range_answer.range_key(asked, span))
        return range_answer.answer(memory, key, lambda: read(database, span, now))


def read(database: Database, span: tuple[int, int], now: float) -> Overhead:
    """Of minutes [first, after), widened to whole bins, and of the last days. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    name = "overhead.bins" if step < HOUR else "overhead.bins_of_hours"
    today = clock.to_datetime(now).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    with database.transaction() as connection:
        rows = connection.execute(query(name), {"start": first * 60, "end": after * 60, "step": step}).all()
        counted = connection.execute(query("overhead.days"), {"first": days[0]}).all()
    services, bins = defaultdict(list), defaultdict(list)
    for row in rows:
        services[row.service].append(row)
        bins[row.bin].append(row)
    return Overhead(
        now=now, first=first, after=after, step=step, total=_cost("", rows),
        services=[_cost(name, found) for name, found in sorted(services.items())],
        bins=[_cost("", bins[at]) for at in range(first, after, step)],
        days=[f"{day}" for day in days],
        published=_brought([row for row in counted if not row.is_drop], days),
        dropped=_brought([row for row in counted if row.is_drop], days),
    )  # fmt: skip


def _cost(service: str, rows: Sequence[Any]) -> Cost:
    spans: dict[int, float] = defaultdict(float)  # of services side by side the longest
    for row in rows:
        spans[row.bin] = max(spans[row.bin], row.span)
    seconds = sum(spans.values())
    requests, records = sum(row.requests for row in rows), sum(row.records for row in rows)
    cpu, overhead = sum(row.cpu for row in rows), sum(row.overhead for row in rows)
    return Cost(
        service=service, requests=requests, records=records,
        record_seconds=sum(row.record for row in rows) / records if records else None,
        fold_seconds=sum(row.fold for row in rows) / requests if requests else None,
        thread_cores=overhead / seconds if seconds else None,
        thread_share=min(1.0, overhead / cpu) if cpu else None,
    )  # fmt: skip


def _brought(rows: Iterable[Any], days: Sequence[date]) -> list[Brought]:
    grouped: dict[str, dict[date, Any]] = defaultdict(dict)
    for row in rows:
        grouped[row.what][row.day] = row
    found = [
        Brought(
            what=what, monitoring=what in OURS,
            number=[known[day].number if day in known else 0 for day in days],
            bytes=[known[day].bytes if day in known else 0 for day in days],
        )
        for what, known in grouped.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-sum(one.bytes), -sum(one.number), one.what))
