"""Groups of incidents of which people are told together (A14), named by the one that was told first.

Whoever changes incidents locks their groups first and the incidents after, so that the last one that ends is known to
be the last. Everything happens in the caller's transaction and raises DatabaseUnavailable.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from core import codec
from core.audit.actors import SYSTEM
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


class Live(NamedTuple):
    """A group of which something that people were told is not over.

    `told` counts its incidents that people were told of, `messages` how often; `takes`: somebody is still waited for.
    """

    id: str
    rule: str
    kind: str
    severity: str
    told: int
    messages: int
    told_at: datetime
    grew_at: datetime
    takes: bool


def lock_of(connection: Connection, ids: Iterable[str]) -> None:
    """Keep the groups of these incidents as they are until the transaction ends."""
    connection.execute(query("incident_groups.lock_of"), {"ids": list(ids)})


def lock_open(connection: Connection) -> None:
    """Keep every group as it is that has something open."""
    connection.execute(query("incident_groups.lock_open"))


def live(connection: Connection) -> list[Live]:
    """The groups that are going on."""
    return [Live(*row) for row in connection.execute(query("incident_groups.live"))]


def join(connection: Connection, joined: Mapping[str, str]) -> None:
    """Put incidents into groups: id of the incident to id of the group."""
    if joined:
        documents = [{"id": one, "home": home} for one, home in joined.items()]
        connection.execute(query("incident_groups.join"), {"joined": codec.encode(documents).decode()})


class Member(NamedTuple):
    """An incident of a group beside the first one."""

    series: str
    opened_at: datetime


def newest(connection: Connection, group: str, most: int) -> list[Member]:
    """The members of a group beside the first one, the newest first."""
    values = {"id": group, "most": most}
    return [Member(*row) for row in connection.execute(query("incident_groups.newest"), values)]


def members(connection: Connection, incident_id: str) -> list[str]:
    """What is not over of the group that an incident leads, itself first; any other incident alone."""
    return list(connection.execute(query("incident_groups.members"), {"id": incident_id}).scalars())


def ended_with(connection: Connection, incident_id: str) -> list[str]:
    """An incident and, of the group that it leads, what a person ended together last."""
    return list(
        connection.execute(query("incident_groups.ended_with"), {"id": incident_id, "system": SYSTEM}).scalars()
    )


def over(connection: Connection, ids: Iterable[str], left: Iterable[str]) -> frozenset[str]:
    """The groups of these incidents of which nothing is left in the states `left`."""
    values = {"ids": list(ids), "left": list(left)}
    return frozenset(connection.execute(query("incident_groups.over"), values).scalars())


def set_escalated(connection: Connection, group: str, now: float) -> list[str]:
    """More people were told of a group; the incidents that this was about."""
    values = {"id": group, "at": to_datetime(now)}
    return list(connection.execute(query("incident_groups.set_escalated"), values).scalars())
