"""The first stage: a message that its channel got already by another way is not sent again."""

from core.store import deliveries
from core.store.db import Connection
from core.store.deliveries import Message


def already_told(connection: Connection, message: Message) -> bool:
    """True for a fail-over message whose channel another row tells of the same event of the same incident.

    Messages that the evaluator asked for are never left out: their keys make each of them one row.
    """
    return message.fallback_of is not None and deliveries.told(connection, message, message.channel)
