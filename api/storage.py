"""`GET /api/v1/storage`: how much each kind of data takes, how it grows, and when what is old goes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from flask import Response

from core import clock, codec
from core.config import RetentionConfig
from core.db import partitions, stored_kinds
from core.db.engine import Database
from core.db.queries import query
from core.db.stored_kinds import StoredKind
from core.endpoints.storage import ROUTE, Archive, Job, KindSize, Storage
from core.web.app import App
from core.web.openapi import documented

DAYS = 90  # of the trends
WEEK = 7  # days of which growth is taken
DAY = 86_400.0
MOST_ARCHIVES = 100
MOST_JOBS = 20
YOUNG = 0.25  # days from which a kind's growth can be taken from its age


def install(app: App, database: Database, keep: RetentionConfig) -> None:
    """Add the route."""

    @app.get(ROUTE)
    @documented(
        "Get sizes, growth and retention of stored data",
        tag="endpoints",
        scope="read",
        answers={200: Storage},
        problems=(503,),
    )
    def storage() -> Response:
        body = codec.encode(read(database, keep, clock.now()))  # not kept: jobs are on it
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")


def read(database: Database, keep: RetentionConfig, now: float) -> Storage:
    """What was measured. Raises DatabaseUnavailable."""
    today = clock.to_datetime(now).date()
    with database.transaction() as connection:
        measured = connection.execute(query("storage.days"), {"first": today - timedelta(days=DAYS)}).all()
        whole = int(connection.execute(query("storage.whole")).scalar_one())
        archives = connection.execute(query("storage.archives"), {"most": MOST_ARCHIVES}).mappings()
        listed = [Archive(**row) for row in archives]
        jobs = [_job(row) for row in connection.execute(query("storage.jobs"), {"most": MOST_JOBS})]
    by_kind: dict[str, dict[date, Any]] = defaultdict(dict)
    for row in measured:
        by_kind[row.kind][row.day] = row
    days = sorted({row.day for row in measured})
    other = StoredKind(stored_kinds.OTHER, "Everything else", ())
    kinds = [_kind(one, by_kind[one.name], days, keep, now) for one in (*stored_kinds.ALL, other) if by_kind[one.name]]
    return Storage(
        now=now, measured_at=max((row.measured_at for row in measured), default=None), database_bytes=whole,
        kinds=sorted(kinds, key=lambda one: -(one.table_bytes + one.index_bytes)),
        days=[f"{day}" for day in days], archives=listed, jobs=jobs,
    )  # fmt: skip


def _job(row: Any) -> Job:
    payload = row.payload
    return Job(
        job=row.kind, kind=str(payload.get("kind", "")), before=float(payload.get("before", 0.0)),
        actor=str(payload.get("actor", "")), state=row.state, message=row.message, at=row.at,
    )  # fmt: skip


def _kind(
    kind: StoredKind, known: dict[date, Any], days: Sequence[date], keep: RetentionConfig, now: float
) -> KindSize:
    newest = known[max(known)]
    keep_days = int(getattr(keep, kind.keep)) if kind.keep else None
    grows = growth({day: row.table_bytes + row.index_bytes for day, row in known.items()}, newest.oldest, now)
    is_monthly = bool(kind.tables) and kind.tables[0] in partitions.TABLES
    full = None
    if keep_days is not None and grows is not None:
        full = max(grows * (keep_days + (31 if is_monthly else 0)), 0.0)
    return KindSize(
        name=kind.name, title=kind.title, table_bytes=newest.table_bytes, index_bytes=newest.index_bytes,
        rows=newest.rows, oldest=newest.oldest, keep=kind.keep, keep_days=keep_days, growth=grows,
        at_full_retention=full, next_deletion=next_deletion(newest.oldest, keep_days, is_monthly), may_go=kind.may_go,
        trend=[known[day].table_bytes + known[day].index_bytes if day in known else 0 for day in days],
    )  # fmt: skip


def growth(sizes: dict[date, int], oldest: float | None, now: float) -> float | None:
    """Bytes a day: the mean of the days of the last week on which it grew (others are those of deletions), else of its
    age. Pure.
    """
    week = sorted(sizes)[-(WEEK + 1) :]
    steps = [(sizes[after] - sizes[before]) / (after - before).days for before, after in pairwise(week)]
    grown = [step for step in steps if step >= 0]
    if len(week) > WEEK // 2 and grown:
        return sum(grown) / len(grown)
    age = (now - oldest) / DAY if oldest is not None else 0.0
    return sizes[week[-1]] / age if age >= YOUNG else None


def next_deletion(oldest: float | None, keep_days: int | None, is_monthly: bool) -> float | None:
    """When the oldest row goes: with its month where months are dropped whole. Pure."""
    if oldest is None or keep_days is None:
        return None
    if not is_monthly:
        return oldest + keep_days * DAY
    after = partitions.month_start(clock.to_datetime(oldest).date(), 1)
    midnight = datetime(after.year, after.month, after.day, tzinfo=clock.to_datetime(0.0).tzinfo).timestamp()
    return midnight + keep_days * DAY
