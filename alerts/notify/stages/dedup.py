"""The first stage: a message that its channel got already by another way is not sent again."""

from core.alerting import deliveries
from core.alerting.deliveries import Message
from core.db.engine import Connection


def already_told(connection: Connection, message: Message) -> bool:
    """True for a fail-over message whose channel another row tells of the same event of the same incident.

    Messages that the evaluator asked for are never left out: their keys make each of them one row.
    """
    return message.fallback_of is not None and deliveries.told(connection, message, message.channel)
