"""Actions of the system (A10): asked for in the transaction that opens an incident, carried out by a worker."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from core import codec
from core.clock import to_datetime
from core.store.queries import query


class ActionIntent(NamedTuple):
    """One action for an incident; `key` makes it unique, `action` is a name of actions.toml, `mode` suggest or auto."""

    key: str
    incident_id: str
    action: str
    mode: str
    parameters: Mapping[str, Any]


def request(connection: Connection, intents: Iterable[ActionIntent], now: float, actor: str) -> int:
    """Write intents; a key that is there already stays as it is. Returns how many were new. Raises DatabaseAway."""
    new = 0
    for intent in intents:
        values = {
            **intent._asdict(),
            "parameters": codec.encode(dict(intent.parameters)).decode(),
            "state": "due" if intent.mode == "auto" else "suggested",
            "at": to_datetime(now),
            "actor": actor,
        }
        new += connection.execute(query("action_runs.insert"), values).rowcount
    return new


def recovered(connection: Connection, incident_id: str, now: float) -> int:
    """The incident is over: what was applied for it is due to be reverted now, what was not applied is not any more.

    Whether an action reverts on recovery is its configuration's business: such runs have a `revert_at`. Returns how
    many runs are to be reverted.
    """
    values = {"incident_id": incident_id, "at": to_datetime(now)}
    connection.execute(query("action_runs.expire"), values)
    return connection.execute(query("action_runs.revert_now"), values).rowcount
