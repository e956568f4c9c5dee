"""What the page Storage shows: the answer of `GET /api/v1/storage`. Times are epoch seconds, sizes bytes.

`rows` are PostgreSQL's statistics. None where nothing is known.
"""

from typing import Final

from msgspec import Struct

ROUTE: Final = "/api/v1/storage"


class KindSize(Struct, frozen=True, kw_only=True):
    """A kind of data. `growth` is bytes a day, of the history of sizes where there is some, else since its oldest row.

    `keep_days` is the setting `keep`, None for what is kept for ever. `at_full_retention` is what it comes to if it
    goes on like that; months are dropped whole, so up to one more is kept. `next_deletion` is when the oldest month, or
    the oldest row, goes. `trend` has its size by day, the newest last.
    """

    name: str
    title: str
    table_bytes: int
    index_bytes: int
    rows: int
    oldest: float | None
    keep: str
    keep_days: int | None
    growth: float | None
    at_full_retention: float | None
    next_deletion: float | None
    may_go: bool
    trend: list[int]


class Archive(Struct, frozen=True, kw_only=True):
    """A file below GATEHOUSE_DATA of the alert worker on `host`."""

    id: int
    kind: str
    before: float
    file: str
    host: str
    rows: int
    bytes: int
    sha256: str
    actor: str
    created_at: float


class Job(Struct, frozen=True, kw_only=True):
    """An archive or a deletion that was asked for."""

    job: str
    kind: str
    before: float
    actor: str
    state: str
    message: str
    at: float


class Storage(Struct, frozen=True, kw_only=True):
    """`measured_at` is the newest measurement; `days` the days of the trends."""

    now: float
    measured_at: float | None
    database_bytes: int
    kinds: list[KindSize]
    days: list[str]
    archives: list[Archive]
    jobs: list[Job]
