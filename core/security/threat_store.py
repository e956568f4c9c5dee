"""Our own threat intelligence: addresses and wallets, each with a reason and an end, audited; copied to Redis.

PostgreSQL decides; its list has a version that every change moves on. `mirror` copies the list to Redis when that
version is another than the copy's; `copy` reads it there, or in PostgreSQL while Redis is away.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db import keys
from core.db.engine import Connection, Database
from core.db.queries import query, sql
from core.db.redis_client import Live
from core.errors import BadInput, RedisUnavailable
from core.security.threats import Listed, ThreatKind, canonical

CHUNK = 5000


class Threat(Struct, frozen=True):
    """A row of `threat_entries`; `until` None: without an end. `sightings`: how often it was put on the list."""

    kind: ThreatKind
    value: str
    reason: str
    source: str
    incident_id: str | None
    created_at: datetime
    created_by: str
    until: datetime | None
    seen_at: datetime
    sightings: int


class New(Struct, frozen=True):
    """An entry to put on the list; `value` in any spelling, `until` in epoch seconds, None: without an end.

    A `source` that begins with `reported:` follows only from what others reported: our own door does not honour it.
    """

    kind: ThreatKind
    value: str
    reason: str
    source: str
    until: float | None
    incident_id: str | None = None


def put(
    connection: Connection, audit: Audit, entry: New, actor: str, now: float, correlation_id: str | None = None
) -> Threat:
    """Put an entry on the list, or extend the one that is there; never shorten it. Raises BadInput.

    Whether the address is one of our own networks is the caller's to check (`core.web.client.within`).
    """
    found = _put(connection, entry, actor, now)
    after = {"until": found.until, "reason": found.reason, "source": found.source, "sightings": found.sightings}
    target = f"{entry.kind}:{found.value}"
    audit.append(connection, actor, "threat.put", target, None, after, correlation_id=correlation_id)
    return found


def put_many(connection: Connection, audit: Audit, entries: Sequence[New], actor: str, now: float, source: str) -> int:
    """Put a whole block-list on the list, with one row in the audit log; how many were new. Raises BadInput."""
    new = sum(_put(connection, entry, actor, now).sightings == 1 for entry in entries)
    audit.append(connection, actor, "threat.import", f"list:{source}", None, {"entries": len(entries), "new": new})
    return new


def remove(connection: Connection, audit: Audit, kind: str, value: str, actor: str) -> Threat:
    """Take an entry off the list. Raises BadInput when it is not on it."""
    known = canonical(kind, value)
    row = connection.execute(query("threats.remove"), {"kind": kind, "value": known}).mappings().first()
    if row is None:
        raise BadInput("$.value", f"{known} is not on the list")
    found = Threat(**row)
    audit.append(connection, actor, "threat.remove", f"{kind}:{known}", {"until": found.until, "reason": found.reason})
    return found


def listed(
    connection: Connection, now: float, kind: str | None = None, after: Threat | None = None, most: int = 1000
) -> list[Threat]:
    """Entries in force by kind and value, `most` at a time; `after` continues."""
    values = {
        "now": to_datetime(now),
        "kind": kind,
        "most": most,
        "after": after.value if after else None,
        "after_kind": after.kind if after else None,
    }
    return [Threat(**row) for row in connection.execute(query("threats.running"), values).mappings()]


def everything(connection: Connection, now: float, kind: str | None = None) -> Iterable[Threat]:
    """Every entry in force, read in pages."""
    last: Threat | None = None
    while page := listed(connection, now, kind, last, CHUNK):
        yield from page
        last = page[-1]


def counts(connection: Connection, now: float) -> dict[str, int]:
    """How many entries of each kind are in force."""
    return {row.kind: row.n for row in connection.execute(query("threats.counts"), {"now": to_datetime(now)})}


def sweep(database: Database, now: float, days: float) -> None:
    """Forget entries that ended more than `days` ago. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("threats.sweep"), (now - days * 86400,))


def mirror(database: Database, live: Live, now: float) -> bool:
    """Copy the list to Redis unless its copy is the newest; whether it was copied. Raises DatabaseUnavailable,
    RedisUnavailable.
    """
    with live.reach() as client:
        there = client.get(keys.THREATS_VERSION)
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("threats.version"))
        version = _version(cursor.fetchone()[0])
        if there is not None and there.decode() == version:
            return False
        cursor.execute(sql("threats.copy"), (now,))
        rows = cursor.fetchall()
    with live.reach() as client:
        pipeline = client.pipeline(transaction=True)
        for kind, key in keys.THREATS.items():
            pipeline.delete(key)
            _fill(pipeline, key, [(value, until) for one, value, until, _ in rows if one == kind])
        pipeline.delete(keys.THREATS_REPORTED)
        _fill(pipeline, keys.THREATS_REPORTED, [(row[1], row[2]) for row in rows if row[0] == "ip" and row[3]])
        pipeline.set(keys.THREATS_VERSION, version)
        pipeline.execute()
    return True


def copy(database: Database | None, live: Live, known: Listed, now: float) -> Listed:
    """The list as it is now; `known` itself when that is the newest. Raises DatabaseUnavailable, RedisUnavailable
    without one.

    A Redis that refuses writes has no copy of what was listed since.
    """
    try:
        if live.refusal and database is not None:
            return _from_database(database, known, now) or known
        return _from_redis(live, known) or _from_database(database, known, now) or known
    except RedisUnavailable:
        if database is None:
            raise
        return _from_database(database, known, now) or known


def _from_redis(live: Live, known: Listed) -> Listed | None:
    """None when Redis holds no copy."""
    with live.reach() as client:
        version = client.get(keys.THREATS_VERSION)
        if version is None:
            return None
        if version.decode() == known.version:
            return known
        pipeline = client.pipeline(transaction=True)
        pipeline.get(keys.THREATS_VERSION)
        for key in keys.THREATS.values():
            pipeline.zrange(key, 0, -1, withscores=True)
        pipeline.zrange(keys.THREATS_REPORTED, 0, -1)
        version, ips, wallets, reported = pipeline.execute()
    if version is None:
        return None
    first, second = ({value.decode(): float(until) for value, until in rows} for rows in (ips, wallets))
    return Listed(version.decode(), first, second, frozenset(value.decode() for value in reported))


def _from_database(database: Database | None, known: Listed, now: float) -> Listed | None:
    if database is None:
        return None
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("threats.version"))
        version = _version(cursor.fetchone()[0])
        if version == known.version:
            return None
        cursor.execute(sql("threats.copy"), (now,))
        rows = cursor.fetchall()
    first, second = ({value: until for one, value, until, _ in rows if one == kind} for kind in keys.THREATS)
    return Listed(version, first, second, frozenset(row[1] for row in rows if row[0] == "ip" and row[3]))


def _version(number: int) -> str:
    """The version of a copy that tells reported entries apart."""
    return f"{number}:2"


def _fill(pipeline: Any, key: str, values: list[tuple[str, float]]) -> None:
    for start in range(0, len(values), CHUNK):
        pipeline.zadd(key, dict(values[start : start + CHUNK]))


def _put(connection: Connection, entry: New, actor: str, now: float) -> Threat:
    values = {
        "kind": entry.kind,
        "value": canonical(entry.kind, entry.value),
        "reason": entry.reason[:500],
        "source": entry.source[:200],
        "incident_id": entry.incident_id,
        "at": to_datetime(now),
        "actor": actor,
        "until": None if entry.until is None else to_datetime(entry.until),
    }
    return Threat(**connection.execute(query("threats.put"), values).mappings().one())
