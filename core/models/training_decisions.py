"""What is decided about training runs: people cancel or stop one, promote or refuse the model that one made, and a
later run supersedes one that waits; on record.
"""

from core.audit.chain import Audit
from core.db.engine import Connection
from core.db.jobs import queue
from core.db.queries import query
from core.errors import BadInput
from core.models import roles
from core.models.roles import RoleChange


def cancel(connection: Connection, audit: Audit, run: int, actor: str, now: float) -> str:
    """End a run: `cancelled` when it had not begun, `asked` when its worker ends it within seconds.

    Raises BadInput when it is over.
    """
    job = connection.execute(query("training_runs.job"), {"id": run}).scalar()
    how = None if job is None else queue.cancel(connection, int(job), actor, now)
    if how is None:
        raise BadInput("run", "the run has ended, so it cannot be stopped")
    word, state = ("training.cancel", "queued") if how == "cancelled" else ("training.stop", "running")
    audit.append(connection, actor, word, f"run:{run}", {"state": state}, None)
    return how


def promote(connection: Connection, audit: Audit, run: int, actor: str, now: float) -> RoleChange | None:
    """Make the model of a run that waits for a decision the champion; it leaves the shadow.

    Tell readers with `model_roles.publish` after the commit. Raises BadInput when nothing waits, and when another
    champion serves than the one that it was compared with.
    """
    version = _decide(connection, run, "promoted", actor, now)
    roles.expect(connection, connection.execute(query("training_runs.compared_with"), {"id": run}).scalar())
    _leave_shadow(connection, audit, version, actor)
    return roles.assign(connection, version, actor=actor, reason=f"training run {run}", audit=audit)


def refuse(connection: Connection, audit: Audit, run: int, actor: str, now: float) -> int:
    """Leave the champion in force; the model stays registered and leaves shadow mode. Returns its version.

    Raises BadInput when nothing waits.
    """
    version = _decide(connection, run, "refused", actor, now)
    _leave_shadow(connection, audit, version, actor)
    audit.append(connection, actor, "training.refuse", f"run:{run}", {"version": version}, None)
    return version


def supersede(connection: Connection, audit: Audit, run: int, actor: str, now: float) -> list[int]:
    """The model of a run becomes the challenger: earlier ones that wait for a decision are refused for it, on record.

    Call it with the roles locked. Returns the earlier runs.
    """
    found = connection.execute(query("training_runs.supersede"), {"run": run, "now": now}).all()
    for one in found:
        after = {"version": one.version, "superseded_by": run}
        audit.append(connection, actor, "training.supersede", f"run:{one.id}", {"decision": "waiting"}, after)
    return [int(one.id) for one in found]


def _decide(connection: Connection, run: int, decision: str, actor: str, now: float) -> int:
    roles.lock(connection)  # before the run's row, as a promotion elsewhere does, or the two wait for each other
    values = {"id": run, "decision": decision, "actor": actor, "now": now}
    version = connection.execute(query("training_runs.decide"), values).scalar()
    if version is None:
        raise BadInput("run", "this run is not waiting for a decision; somebody may have decided already")
    return int(version)


def _leave_shadow(connection: Connection, audit: Audit, version: int, actor: str) -> None:
    if roles.holder(connection, roles.CHALLENGER) == version:
        roles.release(connection, roles.CHALLENGER, actor=actor, audit=audit)
