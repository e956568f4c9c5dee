"""The time range of a read: a rolling one by its label, or an absolute one by its ends."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.clock import iso, to_datetime
from core.errors import BadInput
from core.events import time_buckets
from core.events import types as events

LENGTHS = {"15m": 900, "1h": 3600, "6h": 6 * 3600, "24h": 24 * 3600}
Label = Literal["15m", "1h", "6h", "24h"]


class RangeQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments every read takes: `range`, or both `from` and `to` (ISO 8601 or epoch seconds)."""

    range: Annotated[Label, Meta(description="A rolling range that ends now.")] = "1h"
    start: Annotated[str, Meta(description="Start of an absolute range, ISO 8601, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, ISO 8601, with `from`.", max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) in epoch seconds. `label` names it in caches; a rolling one (`live`) ends with the running slot."""

    label: str
    start: float
    end: float
    live: bool

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start

    def bounds(self) -> dict[str, object]:
        """`start` and `end` as aware datetimes, for queries."""
        return {"start": to_datetime(self.start), "end": to_datetime(self.end)}

    def described(self) -> dict[str, str]:
        """As the snapshot shows it."""
        return {"label": self.label, "from": iso(self.start), "to": iso(self.end)}


def rolling(label: str, now: float) -> Window:
    """The rolling window of that label at `now`."""
    start, end = time_buckets.window(now, LENGTHS[label])
    return Window(label, start, end, live=True)


def asked(query: RangeQuery, now: float, longest_days: int) -> Window:
    """The window that a request asks for. Raises BadInput for half an absolute range, a backward or too long one."""
    if not query.start and not query.end:
        return rolling(query.range, now)
    for name, text in (("from", query.start), ("to", query.end)):
        if not text:
            raise BadInput(f"?{name}", "an absolute range needs both from and to")
    start, end = instant("from", query.start, now), instant("to", query.end, now)
    if end <= start:
        raise BadInput("?to", "must be later than from")
    if end - start > longest_days * 86400:
        raise BadInput("?from", f"the range is longer than {longest_days} days")
    return Window(f"{start:.3f}-{end:.3f}", start, end, live=False)


def minutes(start: str, end: str, length: int, now: float, longest_days: int) -> tuple[int, int]:
    """Minutes of the epoch [first, after) of the range from `start` to `end`, or without them the last `length`.

    Raises BadInput for half an absolute range, a backward or too long one.
    """
    if not start and not end:
        after = int(now // 60) + 1
        return after - length, after
    if not (start and end):
        raise BadInput("?to" if start else "?from", "an absolute range needs both from and to")
    first, after = int(instant("from", start, now) // 60), ceil(instant("to", end, now) / 60)
    if after <= first:
        raise BadInput("?to", "must be later than from")
    if after - first > longest_days * 1440:
        raise BadInput("?from", f"the range is longer than {longest_days} days")
    return first, after


def instant(name: str, text: str, now: float) -> float:
    """Epoch seconds of an argument: ISO 8601 or epoch seconds. Raises BadInput naming it."""
    try:
        value: str | float = float(text)
    except ValueError:
        # A plus sign that was not percent-encoded arrives as a space.
        value = text.replace(" ", "+") if "T" in text else text
    try:
        return events.when(value, now, ahead=366 * 86400)
    except BadInput as error:
        raise BadInput(f"?{name}", error.reason) from None
