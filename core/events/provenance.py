"""Tells what a sender says of itself apart from what our own processes write, at the entrance (X8)."""

from typing import Any

from core.events import ecs, senders
from core.events.performance.reported import Reported


def keep(event: Any, sender: str, now: float) -> None:
    """Mark an event of `core.events.types` as this sender's; it never passes for ours, nor for one that is still to
    come.
    """
    event.sender = sender
    kind = event.__struct_config__.tag
    if kind == "security":
        event.source, event.id = senders.apart(event.source), senders.apart_id(event.id or "")
        event.document = ecs.apart(event.document) if event.document else event.document
    elif kind == "request" or isinstance(event, Reported):
        event.service = senders.apart(event.service)
    elif kind == "heartbeat":
        event.timestamp = min(float(event.timestamp or now), now)
