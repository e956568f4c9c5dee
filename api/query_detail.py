"""`GET /api/v1/query`: one query over a range by time and by endpoint, its histogram, and its text."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Annotated, Any, NamedTuple

from flask import Response
from msgspec import Meta

from api import endpoint_figures, endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_figures import Gathered
from api.query_overview import TOPIC, QueriesQuery, bins_of
from api.window import minutes
from core import clock
from core.db import queries as named
from core.db.engine import Connection, Database
from core.endpoints import histogram
from core.endpoints.overview import LENGTHS, Figures
from core.endpoints.queries import ROUTE_OF_ONE, WORK, Caller, QueryDetail
from core.errors import ConfigError
from core.events.endpoint_series import NANO
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

BINS = 100  # at most
CALLERS = 100


class QueryQuery(QueriesQuery, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, a filter, and which query of which kind."""

    query: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""


class _Row(NamedTuple):
    """A bin of one caller."""

    bin: int
    caller: tuple[str, str, str]
    rows: int
    gathered: Gathered


def install(app: App, database: Database, memory: ProcessCache, longest_days: int, minute_days: int) -> None:
    """Add the route."""

    @app.get(ROUTE_OF_ONE)
    @documented(
        "Get one query by time and endpoint",
        tag="endpoints",
        scope="read",
        query=QueryQuery,
        answers={200: QueryDetail},
        problems=(503,),
    )
    def one_query() -> Response:
        asked, now = arguments(QueryQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        one = (asked.kind, asked.query, asked.service, asked.route, asked.method)
        key = (ROUTE_OF_ONE, *one, range_answer.range_key(asked, span))
        return range_answer.answer(memory, key, lambda: detail(database, asked, span, now, minute_days))


def detail(database: Database, asked: QueryQuery, span: tuple[int, int], now: float, minute_days: int) -> QueryDetail:
    """Of minutes [first, after), in whole bins; without calls for an unknown one. Raises DatabaseUnavailable."""
    first, after, step = bins_of(span, BINS, now, minute_days)
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        rows = _rows(connection, asked, first, after, step)
        work = _work(connection, first, after)
    total, by_bin = endpoint_figures.of_all(_by(rows, lambda row: row.bin))
    _, by_caller = endpoint_figures.of_all(_by(rows, lambda row: row.caller))
    whole = histogram.rows([b"".join(bytes(row.gathered.sketch) for row in rows)])[0]
    text, file = text_of(asked.query) if asked.kind == "database" else ("", "")
    callers = sorted(by_caller.items(), key=lambda one: (-one[1].seconds, one[0]))
    return QueryDetail(
        now=now, first=first, after=after, step=step, kind=asked.kind, query=asked.query, text=text, file=file,
        total=total, rows=sum(row.rows for row in rows),
        share=total.seconds / work if work and asked.kind in WORK else None,
        bins=[by_bin.get(at) or Figures() for at in range(first, after, step)],
        histogram=endpoint_figures.bars(whole),
        callers=[
            Caller(
                service=key[0], route=key[1], method=key[2], figures=figures,
                rows=sum(row.rows for row in rows if row.caller == key),
            )
            for key, figures in callers[:CALLERS]
        ],
    )  # fmt: skip


def text_of(name: str) -> tuple[str, str]:
    """The text of a named query and its file; empty for what has none."""
    try:
        return named.text_of(name), named.file_of(name)
    except ConfigError:
        return "", ""


def _rows(connection: Connection, asked: QueryQuery, first: int, after: int, step: int) -> list[_Row]:
    found: dict[tuple[int, tuple[str, str, str]], Gathered] = defaultdict(Gathered)
    counted: dict[tuple[int, tuple[str, str, str]], int] = defaultdict(int)
    values = {
        "kind": asked.kind, "query": asked.query, "service": asked.service, "route": asked.route,
        "method": asked.method, "step": step,
    }  # fmt: skip
    for span in endpoint_spans.spans(connection, first, after, widest=step, topic=TOPIC):
        read = connection.execute(endpoint_spans.statement("one", span.width, TOPIC), {**span.values(), **values})
        for at, service, route, method, rows, *rest in read:
            found[at, (service, route, method)].add(*rest)
            counted[at, (service, route, method)] += rows
    return [_Row(*key, counted[key], gathered) for key, gathered in found.items()]


def _work(connection: Connection, first: int, after: int) -> float:
    """Seconds of everything that adds up."""
    total = 0.0
    for span in endpoint_spans.spans(connection, first, after, topic=TOPIC):
        read = connection.execute(endpoint_spans.statement("callers", span.width, TOPIC), span.values())
        total += sum(float(row[4]) for row in read)
    return total / NANO


def _by(rows: Iterable[_Row], key: Callable[[_Row], Hashable]) -> dict[Any, Gathered]:
    groups: dict[Hashable, list[Gathered]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row.gathered)
    return {name: endpoint_figures.summed(parts) for name, parts in groups.items()}
