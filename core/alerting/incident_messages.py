"""Messages about incidents: the first one, and what channels that were told of one hear of it afterwards.

Everything happens in the caller's transaction, which has locked the incidents and their groups. Raises
DatabaseUnavailable.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from core.alerting import incident_groups, outbox, unnotified
from core.alerting.incident import Incident
from core.alerting.incident_timeline import note
from core.alerting.notification import Notice, NoticeEvent
from core.alerting.outbox import Intent
from core.audit.actors import SYSTEM
from core.db.engine import Connection
from core.db.queries import query

Status = Literal["acknowledged", "resolved", "open"]
# States in which a group is not so yet; one that is open again is so at once.
LEFT: dict[Status, tuple[str, ...]] = {"acknowledged": ("open",), "resolved": ("open", "acknowledged"), "open": ()}


def notify(connection: Connection, notice: Notice, channels: list[str]) -> None:
    """Tell channels of an incident for the first time: outbox, `notified_at`, timeline."""
    outbox.enqueue(connection, [Intent(outbox.key(notice, name), name, notice) for name in channels])
    unnotified.told(connection, [notice.incident_id], notice.at)
    told = ", ".join(channels) or "nobody: the rule has no channels"
    note(connection, notice.incident_id, notice.at, "notified", SYSTEM, f"notified {told}", {"channels": channels})


def follow_up(
    connection: Connection,
    values: Mapping[str, float | None],
    event: NoticeEvent,
    status: Status,
    now: float,
    actor: str,
    reason: str = "",
    source: str = "",
) -> None:
    """Tell the channels that were told of these incidents; those of a group when all of it is so.

    Each message is one however often this is asked, and a new one after an acknowledgement or an end was taken back.
    Channels of the kind `source` know.
    """
    ids = list(values)
    over = incident_groups.over(connection, ids, LEFT[status])
    meant = {"ids": [*ids, *over]}
    knowing = set(connection.execute(query("incidents.channels_of"), {"kind": source}).scalars()) if source else set()
    again = {(row.id, row.is_group): row.times for row in connection.execute(query("incidents.taken_back"), meant)}
    rows = unnotified.some(connection, ids) if event == "trigger" else []
    intents = []
    for incident_id, channel, told in connection.execute(query("incidents.told"), meant):
        known = msgspec.convert(told, Notice)
        if channel in knowing or incident_id not in (over if known.group else values):
            continue
        value = values.get(incident_id)
        notice = msgspec.structs.replace(
            _of_group(known, rows) if known.group else known,
            event=event,
            status=status,
            at=now,
            actor=actor,
            reason=reason,
            value=known.value if value is None else value,
        )
        times = again.get((incident_id, bool(known.group)), 0)
        intents.append(Intent(outbox.key(notice, channel, f"again-{times}" if times else ""), channel, notice))
    outbox.enqueue(connection, intents)


def _of_group(known: Notice, rows: Sequence[Incident]) -> Notice:
    """What a message of a group says when these of it are open again; it says the same otherwise."""
    found = sorted((one for one in rows if one.group_id == known.group), key=lambda one: one.id != known.group)
    if not found:
        return known
    first, more = found[0], len(found) - 1
    return msgspec.structs.replace(known, series=first.series, title=first.title, summary=first.summary, more=more)
