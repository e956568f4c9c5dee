"""Ids of events that a process makes by the request: random, taken from the system many at a time."""

import os
import secrets

BYTES = 12
AT_ONCE = 256
_ids: list[str] = []
os.register_at_fork(after_in_child=_ids.clear)  # a child's ids are not its parent's


def event_id() -> str:
    """A new one."""
    while True:
        try:
            return _ids.pop()
        except IndexError:
            drawn = secrets.token_hex(BYTES * AT_ONCE)
            _ids.extend(drawn[at : at + 2 * BYTES] for at in range(0, len(drawn), 2 * BYTES))
