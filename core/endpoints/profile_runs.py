"""Profiles on demand: asked for in the console, taken by every worker of the service, listed while they are kept.

What is asked for stands in Redis as long as it is taken; a worker looks there every second. One profile of a service is
taken at a time.
"""

import secrets

import msgspec
from msgspec import Struct

from core.db import keys
from core.db.engine import Connection
from core.db.queries import query
from core.db.redis_client import Live

LEAST_SECONDS, LEAST_RATE, MOST_RATE = 5, 10, 100  # the watcher looks a hundred times a second
SPARE_SECONDS = 3  # until every worker has seen it
LISTED = 10


class Wanted(Struct, frozen=True):
    """What the workers of a service are asked for: so many samples a second, for so many seconds."""

    id: str
    rate: int
    seconds: int


class ProfileRun(Struct, frozen=True, kw_only=True):
    """A profile on demand; `started_at` in epoch seconds, `samples` of all its workers so far."""

    id: str
    service: str
    requested_by: str
    started_at: float
    seconds: int
    rate: int
    samples: int = 0


def ask(live: Live, service: str, rate: int, seconds: int) -> Wanted | None:
    """Ask the workers of a service for a profile; None while another of it is taken. Raises RedisUnavailable."""
    wanted = Wanted(secrets.token_hex(8), rate, seconds)
    key = keys.profile_run(service)
    with live.reach(key) as client:
        is_new = client.set(key, msgspec.json.encode(wanted), nx=True, ex=seconds + SPARE_SECONDS)
    return wanted if is_new else None


def wanted(live: Live, service: str) -> tuple[Wanted, float] | None:
    """What is asked for of a service, and for how many seconds more. Raises RedisUnavailable."""
    key = keys.profile_run(service)
    with live.reach(key) as client:
        found = client.get(key)
        if found is None:
            return None
        left = client.pttl(key) / 1000
    try:
        asked = msgspec.json.decode(found, type=Wanted)
    except msgspec.MsgspecError:  # of another release
        return None
    return asked, min(float(asked.seconds), left)


def put(connection: Connection, run: ProfileRun) -> None:
    """Remember that one begins."""
    values = msgspec.structs.asdict(run)
    values.pop("samples")
    connection.execute(query("profile_runs.put"), values)


def newest(connection: Connection, service: str) -> list[ProfileRun]:
    """The newest of a service, or of all (empty)."""
    rows = connection.execute(query("profile_runs.newest"), {"service": service, "most": LISTED}).mappings()
    return [ProfileRun(**row) for row in rows]
