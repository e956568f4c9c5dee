"""The worker's side of `action_runs`: finding work, beginning it, and recording how it went.

A run is locked (`lock`) for the length of a transaction. What reaches outside is begun in one transaction (`begin`: a
new claim number, the absolute values that will be set) and recorded in another that matches the claim number, so a
worker that lost its claim records nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from core import codec
from core.alerting.action_runs import Run
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

Values = Mapping[str, Any] | None
End = Literal["refused", "failed", "expired"]


def waiting(connection: Connection, outside: Sequence[str], reaching: bool, now: float, most: int = 20) -> list[Run]:
    """Runs that want work now, reverts first: those of the actions `outside` when `reaching`, else all others."""
    values = {"outside": list(outside), "reaching": reaching, "now": to_datetime(now), "most": most}
    return [Run(**row) for row in connection.execute(query("action_runs.waiting"), values).mappings()]


def wants_work(run: Run, now: float) -> bool:
    """Whether a run, as locked, still wants what `waiting` found it to want."""
    moment = to_datetime(now)
    if run.state == "due":
        return run.due_at <= moment
    if run.state == "applied":
        return run.revert_at is not None and run.revert_at <= moment and run.due_at <= moment
    return run.state in ("applying", "reverting") and run.claimed_until is not None and run.claimed_until <= moment


def lock(connection: Connection, run_id: int) -> Run | None:
    """A run for this transaction alone; None while another worker has it."""
    row = connection.execute(query("action_runs.lock"), {"id": run_id}).mappings().first()
    return None if row is None else Run(**row)


def incident(connection: Connection, run: Run) -> dict[str, Any]:
    """The incident of a run: id, rule, series, severity, title, summary, status, correlation_id, details."""
    return dict(connection.execute(query("action_runs.incident"), {"id": run.incident_id}).mappings().one())


def judge_alone(connection: Connection, action: str) -> None:
    """Until the transaction ends nobody else judges the bounds of this action."""
    connection.execute(query("action_runs.lock_action"), {"action": action})


def begun(connection: Connection, run: Run, since: float) -> list[float]:
    """When (epoch seconds) other runs of the same action began to act, after `since`; the future included."""
    values = {"action": run.action, "since": to_datetime(since), "id": run.id}
    return [float(at) for at in connection.execute(query("action_runs.begun"), values).scalars()]


def in_force(connection: Connection, run: Run) -> list[Run]:
    """Other runs of the same action that are in force or about to be, oldest first."""
    values = {"action": run.action, "id": run.id}
    return [Run(**row) for row in connection.execute(query("action_runs.in_force"), values).mappings()]


def begin(
    connection: Connection,
    run: Run,
    state: Literal["applying", "reverting"],
    now: float,
    seconds: float,
    before: Values = None,
    after: Values = None,
    revert_at: float | None = None,
) -> Run:
    """This worker has the run for `seconds`; the values are stored unless None. Returns the run as it is then."""
    values = {
        "id": run.id,
        "state": state,
        "until": to_datetime(now + seconds),
        "before": _json(before),
        "after": _json(after),
        "started_at": to_datetime(now) if state == "applying" else None,
        "revert_at": None if revert_at is None else to_datetime(revert_at),
    }
    connection.execute(query("action_runs.begin"), values)
    return Run(**connection.execute(query("action_runs.one"), {"id": run.id}).mappings().one())


def applied(
    connection: Connection,
    run: Run,
    now: float,
    message: str,
    before: Values,
    after: Values,
    changed: bool,
    revert_at: float | None,
) -> bool:
    """It is done; False when the run has another claim by now. Only what `changed` something counts for the bounds."""
    values = {
        "id": run.id,
        "claim": run.claim,
        "state": "applied",
        "message": message[:2000],
        "at": to_datetime(now),
        "before": _json(before),
        "after": _json(after),
        "started_at": to_datetime(now) if changed else None,
        "revert_at": None if revert_at is None else to_datetime(revert_at),
    }
    return bool(connection.execute(query("action_runs.applied"), values).rowcount)


def reverted(connection: Connection, run: Run, now: float, message: str, actor: str) -> bool:
    """It is undone; False when the run has another claim by now. A person who asked for it stays its `reverted_by`."""
    values = {"id": run.id, "claim": run.claim, "message": message[:2000], "at": to_datetime(now), "actor": actor}
    return bool(connection.execute(query("action_runs.reverted"), values).rowcount)


def ended(connection: Connection, run: Run, state: End, now: float, message: str) -> bool:
    """It came to nothing; False when the run has another claim by now."""
    values = {"id": run.id, "claim": run.claim, "state": state, "message": message[:2000], "at": to_datetime(now)}
    return bool(connection.execute(query("action_runs.ended"), values).rowcount)


def again(connection: Connection, run: Run, now: float, delay: timedelta, message: str, counted: bool) -> bool:
    """It is tried again after `delay`; `counted`: this was an attempt that is not counted yet."""
    values = {
        "id": run.id,
        "claim": run.claim,
        "message": message[:2000],
        "at": to_datetime(now) + delay,
        "counted": int(counted),
    }
    return bool(connection.execute(query("action_runs.again"), values).rowcount)


def keep_artefact(connection: Connection, run_id: int, name: str, content_type: str, body: bytes) -> None:
    """Keep what a run produced; done again it replaces itself."""
    values = {"run_id": run_id, "name": name, "content_type": content_type, "body": body}
    connection.execute(query("action_runs.keep_artefact"), values)


def _json(value: Values) -> str | None:
    return None if value is None else codec.encode(dict(value)).decode()
