"""Resource `input_names`: what each caller misnames, by minute of the last three hours."""

from typing import Literal

from msgspec import Struct


class NameCount(Struct, frozen=True, kw_only=True):
    """A name, how often in the three hours, when last (ms), and the known name that is nearest. '': all others."""

    kind: Literal["feature", "missing", "field"]
    name: str
    nearest: str | None
    count: int
    last: int


class CallerNames(Struct, frozen=True, kw_only=True):
    """What one caller sent: counts by minute of unknown features, absent features and unknown fields."""

    caller: str
    requests: int
    feature: list[int]
    missing: list[int]
    field: list[int]
    names: list[NameCount]


class InputNames(Struct, frozen=True, kw_only=True):
    """`minutes` are the starts (ms), as many as each list of a caller has. The callers with most names that nothing
    knows come first; `others` callers are not listed. `counted` is false while Redis, which has the counts, cannot be
    reached: nothing is known then."""

    minutes: list[int]
    callers: list[CallerNames]
    others: int
    counted: bool


RESOURCE = InputNames
