"""Who handed an event in, and what only our own processes may call themselves (X8).

An event of our own has no sender. What came in over HTTP carries the token that brought it, set by the API whatever the
body says. Keys, sources and ids of the one never meet those of the other.
"""

import unicodedata
from typing import Annotated

from msgspec import Meta

Sender = Annotated[str, Meta(extra_json_schema={"readOnly": True, "description": "Set by the server."})]
OWN = ""
REPORTED = "reported:"
OWN_IDS = "own:"
# What our own processes sign with: as the source of a security event, the provider in an ECS document, or a service.
NAMES = (
    "gatehouse", "console", "alerts", "alert-worker", "rate-limit", "correlation", "monitoring-api", "api", "scoring",
    "collector", "trainer", "statuses", "stack", "installation", "audit",
)  # fmt: skip


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in plain if char.isalnum())


_RESERVED = frozenset(map(_folded, NAMES))


def is_reserved(word: str) -> bool:
    """Whether a name is one of ours, however it is spelt, or says that it was reported already."""
    return _folded(word) in _RESERVED or word.strip().casefold().startswith(REPORTED)


def apart(word: str) -> str:
    """A sender's name for itself, apart from ours."""
    return f"{REPORTED}{word}"[:200] if is_reserved(word) else word


def apart_id(event_id: str) -> str:
    """A sender's id, apart from those that we give."""
    return f"{REPORTED}{event_id}"[:200] if event_id.strip().casefold().startswith(OWN_IDS) else event_id


def said_by(actor: str | None, sender: str) -> str | None:
    """The actor that a sender names: never a bare name, which would be somebody's own word."""
    return f"{actor} (by {sender})" if actor and sender and actor != sender else actor or sender or None
