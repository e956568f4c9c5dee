"""What PostgreSQL says of itself: sizes, activity, locks and, where the server has it, `pg_stat_statements`.

Each reading has a time limit of its own and takes part in no lock that others wait for. Statements come without values.
"""

from typing import Any, NamedTuple

from core.db import sql_mask
from core.db.engine import Connection, Database, at_most, text
from core.db.queries import query
from core.errors import DatabaseUnavailable

LIMIT_MS = 2_000
NOT_THERE = (
    "This server has no pg_stat_statements: it is not installed, or not in its shared_preload_libraries. The embedded"
    " PostgreSQL does not come with it. The figures above are measured by our own processes and do not need it."
)
STATEMENTS = """
/* server.statements */ SELECT query, calls, rows, total_exec_time / 1000, mean_exec_time / 1000, max_exec_time / 1000
FROM {schema}.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND userid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
ORDER BY total_exec_time DESC LIMIT 50
"""


class ServerStatements(NamedTuple):
    """Rows of pg_stat_statements (name, masked text, calls, rows, seconds in all, mean, most), or why none."""

    rows: list[tuple[str, str, int, int, float, float, float]]
    note: str


class ServerReading(NamedTuple):
    """Rows of the queries `server.<field>`; sessions with the name of the query and its text without values."""

    overall: tuple[Any, ...]
    connections: dict[str, int]
    longest: float
    waiting: int
    tables: list[tuple[Any, ...]]
    tables_note: str
    sessions: list[tuple[Any, ...]]
    statements: ServerStatements


def read(database: Database) -> ServerReading:
    """Everything. Raises DatabaseUnavailable, also when it takes too long."""
    with database.transaction() as connection, at_most(connection, LIMIT_MS, DatabaseUnavailable("it took too long")):
        overall = tuple(connection.execute(query("server.overall")).one())
        connections = {row[0]: row[1] for row in connection.execute(query("server.connections"))}
        longest, waiting = connection.execute(query("server.long")).one()
        sessions = [
            (*row[:5], sql_mask.name_of(row[5]), sql_mask.masked(row[5]), list(row[6]))
            for row in connection.execute(query("server.sessions"))
        ]
        (schema,) = connection.execute(query("server.statements_schema")).scalars().all() or [""]
    tables, note = _tables(database)
    statements = _statements(database, schema) if schema else ServerStatements([], NOT_THERE)
    return ServerReading(overall, connections, longest, waiting, tables, note, sessions, statements)


def figures(database: Database) -> dict[str, float]:
    """The main ones, for a course over time. Raises DatabaseUnavailable."""
    with database.transaction() as connection, at_most(connection, LIMIT_MS, DatabaseUnavailable("it took too long")):
        overall = connection.execute(query("server.overall")).one()
        states = {row[0]: float(row[1]) for row in connection.execute(query("server.connections"))}
        longest, waiting = connection.execute(query("server.long")).one()
        dead = connection.execute(query("server.dead_rows")).scalar_one()
    found = {
        "bytes": overall[1], "active": states.get("active", 0), "idle": states.get("idle", 0),
        "in_transaction": sum(count for state, count in states.items() if state.startswith("idle in transaction")),
        "longest_transaction": longest, "waiting_for_locks": waiting, "dead_rows": dead, "deadlocks": overall[4],
        "commits": overall[5], "rollbacks": overall[6],
    }  # fmt: skip
    if overall[3] is not None:
        found["cache_hit"] = overall[3]
    return {name: float(value) for name, value in found.items()}


def _tables(database: Database) -> tuple[list[tuple[Any, ...]], str]:
    """In a transaction of its own: the size of a table that is locked, for a migration, cannot be read."""
    try:
        refusal = DatabaseUnavailable("it took too long")
        with database.transaction() as connection, at_most(connection, LIMIT_MS, refusal):
            return [tuple(row) for row in connection.execute(query("server.tables"))], ""
    except DatabaseUnavailable:
        return [], "The sizes could not be read in time: a table may be locked."


def _statements(database: Database, schema: str) -> ServerStatements:
    """In a transaction of its own: the extension may be there and the server not have loaded it."""
    try:
        with database.transaction() as connection:
            return _read_statements(connection, schema)
    except DatabaseUnavailable:
        return ServerStatements([], "pg_stat_statements did not respond in time.")
    except Exception as error:  # whatever the server says of it is no reason to show nothing else
        return ServerStatements([], f"pg_stat_statements cannot be read: {type(error).__name__}.")


def _read_statements(connection: Connection, schema: str) -> ServerStatements:
    with at_most(connection, LIMIT_MS, DatabaseUnavailable("it took too long")):
        rows = connection.execute(text(STATEMENTS.format(schema=schema)))
        return ServerStatements([(sql_mask.name_of(row[0]), sql_mask.masked(row[0]), *row[1:]) for row in rows], "")
