"""Deploys of services, in PostgreSQL: announced by whoever deploys, or noted when a version is first seen.

A version that is announced and seen is one deploy. The same version again, after another, is a deploy of its own (a
roll-back) when it is announced; versions that are merely seen count once, because a gradual roll-out shows both for a
while.
"""

from typing import Any, NamedTuple

from core.db.engine import Database
from core.db.queries import sql
from core.events.endpoint_series import LOST

NEAR = 3600.0  # seconds after its announcement within which a version that is seen is the same deploy
AT_ONCE = 50  # versions of a round


class Announced(NamedTuple):
    """A deploy as it is announced. `at` is epoch seconds; `dated` says whether that was given."""

    service: str
    version: str
    at: float
    dated: bool = False
    revision: str = ""
    link: str = ""
    actor: str = ""


class Noted(NamedTuple):
    """The deploy's number, and whether it is new. `id` is None where its service had too many within a day."""

    id: int | None
    is_new: bool


def announce(database: Database, one: Announced, now: float, most_a_day: int) -> Noted:
    """Note a deploy; what is known of it already is completed. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("deploys.one_service"), (one.service,))
        values: dict[str, Any] = {**one._asdict(), "near": NEAR, "now": now}
        cursor.execute(sql("deploys.around"), values)
        newest = cursor.fetchone()
        same = newest[0] if newest and newest[1] == one.version else None
        if same is None:
            cursor.execute(sql("deploys.same"), values)
            found = cursor.fetchone()
            same = found[0] if found else None
        if same is not None:
            cursor.execute(sql("deploys.complete"), {**values, "id": same})
            return Noted(same, False)
        return Noted(_insert(cursor, values, "reported", most_a_day), True)


def note_seen(database: Database, now: float, most_a_day: int) -> tuple[int, int]:
    """Note versions that came in and are no deploy yet: how many, and how many were too many of their service.

    Raises DatabaseUnavailable.
    """
    noted = beyond = 0
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("deploys.only_one"))
        if not cursor.fetchone()[0]:
            return 0, 0
        cursor.execute(sql("deploys.unseen"), {"now": now, "lost": LOST, "most": AT_ONCE})
        for service, version, ids in cursor.fetchall():
            cursor.execute(sql("deploys.first_minute"), {"now": now, "ids": ids})
            at = cursor.fetchone()[0]
            if at is None:
                continue
            cursor.execute(sql("deploys.one_service"), (service,))
            values = {"service": service, "version": version, "at": at, "now": now}
            told = {"revision": "", "link": "", "actor": ""}
            made = _insert(cursor, values | told, "seen", most_a_day)
            noted, beyond = noted + (made is not None), beyond + (made is None)
    return noted, beyond


def _insert(cursor: Any, values: dict[str, Any], source: str, most_a_day: int) -> int | None:
    """The number of a new deploy; None where its service has no room."""
    cursor.execute(sql("deploys.of_a_day"), values)
    if cursor.fetchone()[0] >= most_a_day:
        return None
    cursor.execute(sql("deploys.previous"), values)
    before = cursor.fetchone()
    cursor.execute(sql("deploys.insert"), values | {"source": source, "before": before[0] if before else ""})
    number: int = cursor.fetchone()[0]
    return number
