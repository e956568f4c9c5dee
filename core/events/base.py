"""What every event has: an idempotency key, a time, a sender; and the values that fields are made of.

Limits on text keep out what PostgreSQL cannot store (NUL and control characters).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.events.senders import OWN, Sender

# `$` alone lets a line feed follow, in Python and not in JSON Schema; without `$` no end is the same in both.
ONE_LINE = r"^(?!.*\n)[^\x00-\x1f\x7f]+$"
Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Line = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Money = Annotated[float, Meta(ge=0, le=1e11)]
Real = Annotated[float, Meta(ge=-1e30, le=1e30)]
Millis = Annotated[float, Meta(ge=0, le=1e9)]
Score = Annotated[float, Meta(ge=0, le=1)]
Severity = Literal["critical", "high", "medium", "low"]
LabelValue = Literal["fraud", "legit", "unsure"]
LabelSource = Literal["chargeback", "analyst", "appeal"]
FeatureName = Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE)]


class Base(Struct, tag_field="kind", omit_defaults=True, kw_only=True):
    """An idempotency key, a time (ISO 8601, or epoch seconds), and who sent it: set at the entrance, empty for ours."""

    id: Key | None = None
    timestamp: str | float | None = None
    sender: Sender = OWN
