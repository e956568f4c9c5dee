"""Which model has which role: promote, roll back, switch to the ensemble and back, all on record (L4, L5, A3).

Every function that changes something takes a SQLAlchemy connection and works in the caller's transaction, so an alert
action's own rows, the change and its audit row are committed together. After the commit call `publish`, which
refreshes what readers look at first; without it they notice within `keys.HINT_TTL` seconds.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from core import codec
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Connection
from core.db.queries import query
from core.db.redis_client import Live
from core.errors import BadInput, RedisUnavailable

CHAMPION, ENSEMBLE, CHALLENGER = "champion", "ensemble", "challenger"
ROLES = (CHAMPION, ENSEMBLE, CHALLENGER)
Kind = Literal["promote", "roll-back", "ensemble", "revert"]


class RoleChange(msgspec.Struct, frozen=True):
    """One change of a role: `before` is None for its first holder."""

    id: int
    at: datetime
    role: str
    kind: str
    before: int | None
    after: int
    actor: str
    reason: str
    correlation_id: str | None


def holder(connection: Connection, name: str) -> int | None:
    """Version of the model in a role; None when nobody has it."""
    found = connection.execute(query("models.role"), {"role": name}).scalar()
    return None if found is None else int(found)


def lock(connection: Connection) -> None:
    """Role changes follow one after another: what is read now stays until the transaction ends."""
    connection.execute(query("models.lock_roles"))


def expect(connection: Connection, version: int | None) -> None:
    """Raises BadInput when another model than `version` is champion by now; it stays until the transaction ends."""
    lock(connection)
    now = holder(connection, CHAMPION)
    if now != version:
        serves = "no model" if now is None else f"model {now}"
        raise BadInput("version", f"the champion changed meanwhile: {serves} is in service now; reload the page")


class Holder(msgspec.Struct, frozen=True):
    """Who has a role, and since when."""

    role: str
    version: int
    since: datetime


def holders(connection: Connection) -> dict[str, Holder]:
    """Everybody who has a role, by the role."""
    found = [Holder(**row) for row in connection.execute(query("models.holders")).mappings()]
    return {one.role: one for one in found}


def assign(
    connection: Connection,
    version: int,
    role: str = CHAMPION,
    *,
    actor: str,
    kind: Kind = "promote",
    reason: str = "",
    audit: Audit | None = None,
    correlation_id: str | None = None,
) -> RoleChange | None:
    """Give a role to a version; None when it has it already. Raises BadInput when there is no such model or role.

    Without `audit` (first installation, tests) the change is recorded in `model_role_changes` only.
    """
    if role not in ROLES:
        raise BadInput("role", f"{role!r} is not one of {', '.join(ROLES)}")
    lock(connection)
    if connection.execute(query("models.exists"), {"version": version}).first() is None:
        raise BadInput("version", f"there is no model {version}")
    before = holder(connection, role)
    if before == version:
        return None
    connection.execute(query("models.put_role"), {"role": role, "version": version})
    values = {"role": role, "kind": kind, "before": before, "after": version, "actor": actor, "reason": reason}
    connection.execute(query("models.note_change"), {**values, "correlation_id": correlation_id})
    if role == CHAMPION:
        connection.execute(query("models.settle_decision"), {"version": version, "actor": actor})
    if audit is not None:
        now = {"version": version, "reason": reason}
        earlier = {"version": before}
        audit.append(connection, actor, f"model.{kind}", f"model:{role}", earlier, now, correlation_id=correlation_id)
    return newest_change(connection, role)


def release(connection: Connection, role: str, *, actor: str, audit: Audit | None = None) -> int | None:
    """Take a role away (a challenger leaves the shadow); returns who had it. Raises BadInput for the champion."""
    if role == CHAMPION:
        raise BadInput("role", "there is always a champion; promote another instead")
    lock(connection)
    before = holder(connection, role)
    if before is not None:
        connection.execute(query("models.drop_role"), {"role": role})
        if audit is not None:
            audit.append(connection, actor, "model.release", f"model:{role}", {"version": before}, None)
    return before


def switch_to_ensemble(
    connection: Connection, audit: Audit | None, actor: str, *, reason: str = "", correlation_id: str | None = None
) -> RoleChange | None:
    """Make the registered ensemble the champion (A3); None when it serves already. Raises BadInput without one."""
    lock(connection)
    version = holder(connection, ENSEMBLE)
    if version is None:
        raise BadInput("role", "no ensemble is registered: python -m ml train … --algorithm ensemble")
    return assign(
        connection, version, actor=actor, kind="ensemble", reason=reason, audit=audit, correlation_id=correlation_id
    )


def switch_back(
    connection: Connection, audit: Audit | None, actor: str, *, reason: str = "", correlation_id: str | None = None
) -> RoleChange | None:
    """Undo the switch to the ensemble: exactly the champion before it serves again.

    None when the switch is not the champion's newest change: somebody has promoted a model since, and that stands.
    """
    lock(connection)
    newest = newest_change(connection)
    if newest is None or newest.kind != "ensemble" or newest.before is None:
        return None
    return assign(
        connection,
        newest.before,
        actor=actor,
        kind="revert",
        reason=reason,
        audit=audit,
        correlation_id=correlation_id,
    )


def roll_back(connection: Connection, audit: Audit | None, actor: str, *, reason: str = "") -> RoleChange:
    """Make the champion before the present one champion again. Raises BadInput when there was none."""
    lock(connection)
    newest = newest_change(connection)
    if newest is None or newest.before is None:
        raise BadInput("version", "there is no earlier champion to roll back to")
    change = assign(connection, newest.before, actor=actor, kind="roll-back", reason=reason, audit=audit)
    assert change is not None
    return change


def newest_change(connection: Connection, role: str = CHAMPION) -> RoleChange | None:
    """The newest change of a role."""
    row = connection.execute(query("models.newest_change"), {"role": role}).mappings().first()
    return RoleChange(**row) if row else None


def changes(connection: Connection, most: int = 100) -> list[RoleChange]:
    """Changes of all roles, newest first."""
    return [RoleChange(**row) for row in connection.execute(query("models.changes"), {"most": most}).mappings()]


def publish(live: Live, change: RoleChange | None) -> None:
    """Tell readers of the new champion at once; call it after the commit. A Redis that is away is no hindrance."""
    if change is not None and change.role == CHAMPION:
        put_hint(live, change.after)


def put_hint(live: Live, version: int, fill: bool = False) -> None:
    """Put the champion where readers look first; a reader only fills what is missing, as its own may be replaced."""
    options: dict[str, Any] = {"ex": keys.HINT_TTL, "nx": fill}
    try:
        with live.reach() as client:
            client.set(keys.CHAMPION, codec.encode(version), **options)
    except RedisUnavailable:
        return
