"""Actions of the system (A10): asked for in the transaction that opens an incident, carried out by a worker.

What people may say about a run is here too: approve, refuse, revert; each is on the incident's timeline and in the
audit log, in the caller's transaction. The worker's side is `alerts.respond.action_claims`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from core import codec
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput

Mode = Literal["suggest", "auto"]
State = Literal["suggested", "due", "applying", "applied", "reverting", "reverted", "refused", "failed", "expired"]
APPROVABLE = ("suggested", "refused", "failed")


class ActionIntent(NamedTuple):
    """One action for an incident; `key` makes it unique, `action` is a name of actions.toml, `mode` suggest or auto."""

    key: str
    incident_id: str
    action: str
    mode: str
    parameters: Mapping[str, Any]


class Run(Struct, frozen=True):
    """A row of `action_runs`. `before` and `after` are what the action found and what it set.

    `revert_at` is when it is undone at the latest; None for what is not undone. `message` says how it stands, in a
    sentence; for a refused one, why.
    """

    id: int
    key: str
    incident_id: str
    action: str
    mode: Mode
    state: State
    parameters: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    message: str
    attempts: int
    claim: int
    claimed_until: datetime | None
    due_at: datetime
    requested_at: datetime
    requested_by: str
    applied_at: datetime | None
    revert_at: datetime | None
    reverted_at: datetime | None
    reverted_by: str | None
    started_at: datetime | None
    decided_by: str | None


class Artefact(Struct, frozen=True):
    """Something that a run produced, such as a flame graph; `size` in bytes."""

    run_id: int
    name: str
    content_type: str
    size: int
    created_at: datetime


def request(connection: Connection, intents: Iterable[ActionIntent], now: float, actor: str) -> int:
    """Write intents; a key that is there already stays as it is. Returns how many were new. Raises
    DatabaseUnavailable.
    """
    documents = [
        {
            **intent._asdict(),
            "place": place,
            "parameters": dict(intent.parameters),
            "state": "due" if intent.mode == "auto" else "suggested",
        }
        for place, intent in enumerate(intents)
    ]
    if not documents:
        return 0
    values = {"intents": codec.encode(documents).decode(), "at": to_datetime(now), "actor": actor}
    return connection.execute(query("action_runs.insert"), values).rowcount


def recovered(connection: Connection, incident_id: str, now: float) -> int:
    """As `all_recovered`, of one incident."""
    return all_recovered(connection, [incident_id], now)


def all_recovered(connection: Connection, ids: Sequence[str], now: float) -> int:
    """The incidents are over: what was applied for it is due to be reverted now, what was not applied is not any more.

    Whether an action reverts on recovery is its configuration's business: such runs have a `revert_at`. Returns how
    many runs are to be reverted.
    """
    values = {"ids": list(ids), "at": to_datetime(now)}
    connection.execute(query("action_runs.expire"), values)
    return connection.execute(query("action_runs.revert_now"), values).rowcount


def one(connection: Connection, run_id: int) -> Run | None:
    """A run by its id."""
    row = connection.execute(query("action_runs.one"), {"id": run_id}).mappings().first()
    return None if row is None else Run(**row)


def of_incident(connection: Connection, incident_id: str) -> list[Run]:
    """The runs of an incident, in the order in which they were asked for."""
    rows = connection.execute(query("action_runs.of_incident"), {"incident_id": incident_id}).mappings()
    return [Run(**row) for row in rows]


def listed(connection: Connection, action: str | None = None, state: State | None = None, most: int = 100) -> list[Run]:
    """Runs of all incidents, newest first."""
    values = {"action": action, "state": state, "most": most}
    return [Run(**row) for row in connection.execute(query("action_runs.listed"), values).mappings()]


def artefacts(connection: Connection, run_id: int) -> list[Artefact]:
    """What a run produced, without the contents."""
    rows = connection.execute(query("action_runs.artefacts"), {"run_id": run_id}).mappings()
    return [Artefact(**row) for row in rows]


def artefact(connection: Connection, run_id: int, name: str) -> tuple[str, bytes] | None:
    """Content type and bytes of one thing that a run produced. Serve it with a CSP that forbids scripts."""
    row = connection.execute(query("action_runs.artefact"), {"run_id": run_id, "name": name}).first()
    return None if row is None else (str(row.content_type), bytes(row.body))


def approve(connection: Connection, audit: Audit, run_id: int, actor: str, now: float) -> Run:
    """A person wants it done: a worker applies it within its bounds. Also for one that was refused or failed.

    Raises BadInput when there is no such run, it is in another state, or its incident is over.
    """
    run = _locked(connection, run_id)
    if run.state not in APPROVABLE:
        raise BadInput("$.state", f"{_name(run)} cannot be approved: it is {run.state}")
    status = connection.execute(query("action_runs.incident_status"), {"id": run.incident_id}).scalar()
    if status == "resolved":
        raise BadInput("$.state", f"{_name(run)} cannot be approved: its incident is resolved")
    return _decide(connection, audit, run, "due", f"approved by {actor}", "action.approve", actor, now)


def refuse(connection: Connection, audit: Audit, run_id: int, actor: str, reason: str, now: float) -> Run:
    """A person does not want it. Raises BadInput when there is no such run or it is not waiting."""
    run = _locked(connection, run_id)
    if run.state not in ("suggested", "due"):
        raise BadInput("$.state", f"{_name(run)} cannot be refused: it is {run.state}")
    message = f"refused by {actor}" + (f": {reason.strip()[:500]}" if reason.strip() else "")
    return _decide(connection, audit, run, "refused", message, "action.refuse", actor, now)


def revert(connection: Connection, audit: Audit, run_id: int, actor: str, now: float) -> Run:
    """A person wants it undone: a worker reverts it, the kill switch notwithstanding.

    Raises BadInput when there is no such run, it is not in force, or it is of a kind that is not undone.
    """
    run = _locked(connection, run_id)
    if run.state != "applied":
        raise BadInput("$.state", f"{_name(run)} cannot be reverted: it is {run.state}")
    if run.revert_at is None:
        raise BadInput("$.state", f"{_name(run)} cannot be reverted here; see docs/actions.md")
    values = {"id": run_id, "at": to_datetime(now), "actor": actor}
    connection.execute(query("action_runs.ask_revert"), values)
    note(connection, run, now, actor, f"{actor} requested to revert {run.action}")
    audit.append(connection, actor, "action.revert", f"action-run:{run_id}", {"state": run.state}, {"wanted": True})
    return _again(connection, run_id)


def note(connection: Connection, run: Run, now: float, actor: str, text: str, **details: Any) -> None:
    """A step on the incident's timeline, kind `action`; `details` are JSON-able."""
    shown = {"run": run.id, "action": run.action, **details}
    values = {
        "incident_id": run.incident_id,
        "at": to_datetime(now),
        "actor": actor,
        "text": text[:2000],
        "details": codec.encode(shown).decode(),
    }
    connection.execute(query("action_runs.timeline"), values)


def _decide(
    connection: Connection, audit: Audit, run: Run, state: State, message: str, word: str, actor: str, now: float
) -> Run:
    values = {"id": run.id, "state": state, "message": message, "at": to_datetime(now), "actor": actor}
    connection.execute(query("action_runs.decide"), values)
    note(connection, run, now, actor, f"{run.action}: {message}", state=state)
    after = {"state": state, "action": run.action, "incident": run.incident_id}
    audit.append(connection, actor, word, f"action-run:{run.id}", {"state": run.state}, after)
    return _again(connection, run.id)


def _locked(connection: Connection, run_id: int) -> Run:
    row = connection.execute(query("action_runs.one_locked"), {"id": run_id}).mappings().first()
    if row is None:
        raise BadInput("$.id", f"there is no action run {run_id}")
    return Run(**row)


def _again(connection: Connection, run_id: int) -> Run:
    return Run(**connection.execute(query("action_runs.one"), {"id": run_id}).mappings().one())


def _name(run: Run) -> str:
    return f"action run {run.id} ({run.action})"
