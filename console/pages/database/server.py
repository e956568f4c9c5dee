"""PostgreSQL itself on the page Database: connections, what they do, who waits for whom, tables, statements."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import format, markup
from console.chart_panel import column
from console.pages.database.samples import samples_chart
from console.pages.performance import parts as shared
from console.panel import Column
from console.table import table
from core.endpoints.stores import PostgresState, Samples, ServerStatement, Session, TableSize
from core.monitoring.changes import Change

LONG_SECONDS = 60.0  # a transaction from here on is marked
DEAD_SHARE = 0.2
SESSIONS = (
    Column("pid", "Process", "mono"), Column("state", "State", "state"), Column("seconds", "For", "right"),
    Column("transaction", "In transaction", "right"), Column("wait", "Waits for", "text"),
    Column("blocked", "Blocked by", "tags"), Column("query", "Query", "two", "360px"),
)  # fmt: skip
TABLES = (
    Column("name", "Table", "two", "200px"), Column("bytes", "Size", "right"), Column("indexes", "Indexes", "right"),
    Column("rows", "Rows", "int"), Column("dead", "Dead rows", "right"), Column("bloat", "Bloat (estimate)", "right"),
    Column("vacuumed", "Vacuumed (UTC)", "when"), Column("analyzed", "Analyzed (UTC)", "when"),
)  # fmt: skip
STATEMENTS = (
    Column("query", "Statement", "two", "400px"), Column("calls", "Calls", "int"), Column("rows", "Rows", "int"),
    Column("mean", "Mean", "right"), Column("most", "Max", "right"), Column("seconds", "In all", "right"),
)  # fmt: skip


def connections(found: PostgresState, changed: Sequence[Change]) -> list[Any]:
    """Connections over time, where what `changed` is marked, and what they do now."""
    samples = found.samples
    return [
        html.Div(
            [column(6, _connections(samples, changed)), column(6, _activity_chart(samples, changed))], className="grid"
        ),
        _activity(found),
    ]


def tables(found: PostgresState) -> list[Any]:
    """Tables, and statements as the server counts them."""
    return [_tables(found), _statements(found)]


def connections_line(found: PostgresState) -> str:
    """How many connections there are, of how many."""
    return f"{sum(found.connections.values())} of {found.max_connections} connections of the server"


def _connections(samples: Samples, changed: Sequence[Change]) -> html.Section:
    wanted = (
        ("active", "active", "ok"), ("in_transaction", "idle in transaction", "review"), ("idle", "idle", "muted"),
        ("waiting_for_locks", "waiting for a lock", "blocked"),
    )  # fmt: skip
    about = "Connections of the database by state over time"
    note = "one sample a minute"
    return samples_chart("connections", "Connections", about, samples, wanted, note, format.number, changed=changed)


def _activity_chart(samples: Samples, changed: Sequence[Change]) -> html.Section:
    wanted = (("longest_transaction", "longest transaction", "review"),)
    about = "Seconds of the longest transaction over time"
    note = "seconds, one sample a minute"
    return samples_chart(
        "longest", "Longest transaction", about, samples, wanted, note, format.duration, changed=changed
    )


def _activity(found: PostgresState) -> html.Section:
    rows = [_session(one) for one in found.sessions]
    blocked = sum(bool(one.blocked_by) for one in found.sessions)
    note = f"{connections_line(found)}; " + (f"{blocked} wait for a lock" if blocked else "none waits for a lock")
    return table(
        "activity", "Activity", SESSIONS, rows, "No connection of ours is busy right now.", note=note, whole=False
    )  # fmt: skip


def _session(one: Session) -> list[Any]:
    since = one.transaction_seconds
    is_long = since is not None and since >= LONG_SECONDS
    state = (
        ["blocked", "lock-fill", "blocked", "Waits for a lock that another process holds"] if one.blocked_by
        else ["review", "hourglass-split", one.state, "A long transaction"] if is_long
        else ["ok", "activity", one.state]
    )  # fmt: skip
    return [
        f"{one.pid}", f"{one.pid}", state, shared.duration_cell(one.seconds), shared.duration_cell(since), one.wait,
        [f"{pid}" for pid in one.blocked_by] or None, [one.query or "(unnamed)", one.statement],
    ]  # fmt: skip


def _tables(found: PostgresState) -> html.Section:
    rows = [_table(one) for one in found.tables]
    note = f"database {format.size(found.bytes)}, the largest first; bloat is estimated from the statistics of ANALYZE"
    return table("tables", "Tables", TABLES, rows, found.tables_note or "There are no tables.", note=note)


def _table(one: TableSize) -> list[Any]:
    share = one.dead_rows / (one.rows + one.dead_rows) if one.rows + one.dead_rows else 0.0
    dead = f"{one.dead_rows:,}" + (f" ({100 * share:.0f} %)" if share >= DEAD_SHARE and one.dead_rows > 1000 else "")
    small = f"{one.partitions} partitions" if one.partitions else None
    bloat = None if one.bloat is None else [format.size(one.bloat), one.bloat]
    return [
        one.name, [one.name, small], [format.size(one.bytes), one.bytes],
        [format.size(one.index_bytes), one.index_bytes],
        one.rows, [dead, one.dead_rows], bloat, _ms(one.vacuumed), _ms(one.analyzed),
    ]  # fmt: skip


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(1000 * seconds)


def _statements(found: PostgresState) -> html.Section:
    if found.statements_note:
        return markup.sheet("statements", "pg_stat_statements", html.P(found.statements_note, className="m-0"))
    rows = [_statement(place, one) for place, one in enumerate(found.statements)]
    return table(
        "statements", "pg_stat_statements", STATEMENTS, rows, "Nothing was recorded yet.",
        note="since its last reset, our own user, most time first",
    )  # fmt: skip


def _statement(place: int, one: ServerStatement) -> list[Any]:
    return [
        f"{place}", [one.query or "(unnamed)", one.statement], one.calls, one.rows, shared.duration_cell(one.mean),
        shared.duration_cell(one.most), [format.duration(one.seconds), one.seconds],
    ]  # fmt: skip
