"""Switches that people throw. `actions` is the kill switch (A10): while it is off, nothing is applied by itself.

A transaction that applies an action holds the switch (`held`), so that after `set_state` has committed nothing more is
applied: whoever held it before has finished, whoever comes later sees it off.
"""

from datetime import datetime

from msgspec import Struct, structs

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput

ACTIONS = "actions"
NAMES = (ACTIONS,)
_LONGEST = 500


class Switch(Struct, frozen=True):
    """A switch: who threw it last, when and why."""

    name: str
    is_on: bool
    actor: str
    reason: str
    at: datetime


def state(connection: Connection, name: str = ACTIONS) -> Switch:
    """The switch as it is. Raises BadInput for an unknown name."""
    return _read(connection, "switches.get", name)


def held(connection: Connection, name: str = ACTIONS) -> Switch:
    """The switch, which nobody throws until this transaction ends. Raises BadInput for an unknown name."""
    return _read(connection, "switches.held", name)


def set_state(
    connection: Connection, audit: Audit, name: str, is_on: bool, actor: str, reason: str, now: float
) -> Switch:
    """Turn a switch on or off, in the caller's transaction, audited. Turning off wants a reason.

    A switch that stands there already stays as it is, with who threw it and why. Raises BadInput.
    """
    reason = reason.strip()
    if not is_on and not reason:
        raise BadInput("$.reason", "enter a reason; everyone can see it")
    if len(reason) > _LONGEST:
        raise BadInput("$.reason", f"at most {_LONGEST} characters")
    before = _read(connection, "switches.get_locked", name)
    if before.is_on == is_on:
        return before
    thrown = Switch(name, is_on, actor, reason, to_datetime(now))
    connection.execute(query("switches.throw"), structs.asdict(thrown))
    after = {"on": is_on, "reason": reason}
    audit.append(connection, actor, "switch.throw", f"switch:{name}", {"on": before.is_on}, after)
    return thrown


def _read(connection: Connection, statement: str, name: str) -> Switch:
    row = connection.execute(query(statement), {"name": name}).mappings().first()
    if row is None:
        raise BadInput("$.name", f"there is no switch {name!r}; there is {', '.join(NAMES)}")
    return Switch(name, **row)
