"""The job that deletes rows of a kind before a day: whole months where the table has a partition for each.

Months are dropped one by one, each in a transaction of its own, so that writers wait for an instant only; asked for
twice it does the rest.
"""

from alerts.jobs._hands import JobContext
from core import clock
from core.clock import to_datetime
from core.db import partitions, storage_sizes, stored_kinds
from core.db.engine import Connection
from core.db.jobs.runner import Done, Work
from core.endpoints.storage_jobs import PURGE

KIND = PURGE


def run(hands: JobContext, work: Work) -> Done:
    """Drop what lies wholly before the day, and measure anew."""
    asked = work.job.payload
    kind = stored_kinds.BY_NAME[asked["kind"]]
    now = clock.now()
    before, today = to_datetime(float(asked["before"])).date(), to_datetime(now).date()
    days = max((today - before).days, stored_kinds.LEAST_DAYS)
    dropped = partitions.drop_before(hands.stores.database, dict.fromkeys(kind.tables, days), today)
    work.tell(0.9, "measuring")
    storage_sizes.measure(hands.stores.database, now)

    def write(connection: Connection) -> None:
        hands.stores.audit.append(
            connection, f"job:{PURGE.name}", "storage.purged", f"storage:{kind.name}", None,
            {"before": str(before), "partitions": dropped, "asked_by": str(asked["actor"])},
        )  # fmt: skip

    months = f"{len(dropped)} months" if len(dropped) != 1 else "1 month"
    return Done(f"{kind.title}: {months} and older single rows deleted", write)
