"""The jobs that archive and delete data, as pages ask for them and the alert worker does them."""

from datetime import UTC, date, datetime, timedelta

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db import stored_kinds
from core.db.engine import Connection
from core.db.jobs import queue
from core.db.jobs.queue import Kind
from core.errors import BadInput

ARCHIVE = Kind("archive", most_alive=1, look_seconds=2.0)
PURGE = Kind("purge", most_alive=1, look_seconds=2.0)
FOLDER = "archives"  # under GATEHOUSE_DATA


def request(connection: Connection, audit: Audit, job: Kind, kind: str, before: str, actor: str, now: float) -> int:
    """Ask for an archive of the rows of a kind before a day (YYYY-MM-DD), or for their end; audited. Returns its id.

    Raises BadInput for a kind that stays, and a day that is none, or too young to delete.
    """
    known = stored_kinds.BY_NAME.get(kind)
    if known is None or not known.may_go:
        raise BadInput("kind", "choose one of the list")
    day = _day(before)
    least = to_datetime(now).date() - timedelta(days=stored_kinds.LEAST_DAYS if job is PURGE else 0)
    if day > least:
        raise BadInput("before", f"choose {least} or earlier")
    payload = {"kind": kind, "before": datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(), "actor": actor}
    made = queue.enqueue(connection, job, payload=payload)
    audit.append(
        connection, actor, f"storage.{job.name}", f"storage:{kind}", None, {"before": str(day), "job": made.id}
    )
    return made.id


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadInput("before", "write a day as 2026-11-30") from None
    if not 1990 <= found.year <= 2200:
        raise BadInput("before", "write a day as 2026-11-30")
    return found
