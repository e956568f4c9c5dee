"""What the pages Database and Redis show of the servers: `GET /api/v1/stores/postgres` and `/api/v1/stores/redis`.

Read live, with a time limit, and kept for a few seconds; `samples` are what the collector noted once a minute. Times
are epoch seconds, sizes bytes. Statements have no values in them.
"""

from msgspec import Struct

POSTGRES_ROUTE, REDIS_ROUTE = "/api/v1/stores/postgres", "/api/v1/stores/redis"


class Samples(Struct, frozen=True, kw_only=True):
    """Figures over time: their means in bins of `step` minutes from minute `first`, None where there is none."""

    first: int
    after: int
    step: int
    figures: dict[str, list[float | None]] = {}


class TableSize(Struct, frozen=True, kw_only=True):
    """A table with its partitions. `bloat` is an estimate of the bytes in it that hold no live rows; None where the
    server has no statistics of it yet.
    """

    name: str
    partitions: int
    bytes: int
    index_bytes: int
    rows: int
    dead_rows: int
    bloat: int | None
    vacuumed: float | None
    analyzed: float | None


class Session(Struct, frozen=True, kw_only=True):
    """A connection of our own user that does something: seconds of its statement and of its transaction, what it waits
    for, and the processes that hold what it waits for.
    """

    pid: int
    state: str
    seconds: float
    transaction_seconds: float | None
    wait: str
    query: str
    statement: str
    blocked_by: list[int]


class ServerStatement(Struct, frozen=True, kw_only=True):
    """A row of `pg_stat_statements`: since its last reset."""

    query: str
    statement: str
    calls: int
    rows: int
    seconds: float
    mean: float
    most: float


class PostgresState(Struct, frozen=True, kw_only=True):
    """PostgreSQL now. The notes say why there are no tables, or no statements."""

    now: float
    version: str
    bytes: int
    connections: dict[str, int]
    max_connections: int
    longest_transaction: float
    cache_hit: float | None
    deadlocks: int
    tables: list[TableSize]
    tables_note: str
    sessions: list[Session]
    statements: list[ServerStatement]
    statements_note: str
    samples: Samples


class RedisNode(Struct, frozen=True, kw_only=True):
    """One server; `hit_rate` 0..1 of all reads since it began."""

    name: str
    version: str
    uptime: float
    memory: int
    memory_peak: int
    memory_limit: int
    fragmentation: float | None
    clients: int
    blocked_clients: int
    keys: int
    expiring: int
    hit_rate: float | None
    evicted: int
    expired: int
    rejected: int
    commands_per_second: float
    persistence: str


class CommandStat(Struct, frozen=True, kw_only=True):
    """A command as the server counts it; seconds in all and of a call, on the server alone."""

    command: str
    calls: int
    seconds: float
    mean: float
    failed: int
    rejected: int


class SlowCommand(Struct, frozen=True, kw_only=True):
    """An entry of the slow log: the command and the first words of its key; no values."""

    at: float
    seconds: float
    command: str
    arguments: int
    node: str


class LatencyEvent(Struct, frozen=True, kw_only=True):
    """A line of LATENCY LATEST, seconds."""

    event: str
    at: float
    last: float
    most: float
    node: str


class StreamState(Struct, frozen=True, kw_only=True):
    """A shard of the event stream: entries that wait, those that a collector has, and the age of the oldest."""

    key: str
    length: int
    pending: int
    lag: int | None
    oldest: float | None


class RedisState(Struct, frozen=True, kw_only=True):
    """Redis now. `away` says why there is nothing of it; `notes` what the server does not let us read."""

    now: float
    away: str
    is_cluster: bool
    nodes: list[RedisNode] = []
    commands: list[CommandStat] = []
    slow: list[SlowCommand] = []
    slow_limit: float | None = None
    latency: list[LatencyEvent] = []
    latency_limit: float | None = None
    streams: list[StreamState] = []
    notes: list[str] = []
    samples: Samples
