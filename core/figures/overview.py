"""What the page Custom figures shows: the answer of `GET /api/v1/figures`.

Minutes are minutes of the epoch, other times are seconds. A bin has `step` minutes and begins at a multiple of them.
"""

from typing import Final

from msgspec import Struct

from core.endpoints.overview import LENGTHS as LENGTHS
from core.endpoints.overview import USUAL as USUAL

ROUTE: Final = "/api/v1/figures"


class Bin(Struct, frozen=True):
    """The values of a bin: its first minute, how many they are, their mean, the least, the most and the last."""

    minute: int
    count: int
    mean: float
    least: float
    most: float
    last: float


class FigureSeries(Struct, frozen=True, kw_only=True):
    """One line of a figure; bins without values are left out."""

    name: str
    bins: list[Bin]


class CustomFigure(Struct, frozen=True, kw_only=True):
    """A figure over the range. `source` is the file that defines it; `seen`: when a collector last had it.

    `sampled_at` and `took_seconds` are of its newest sample; `error` is why a later one failed, empty when none did;
    `failures` counts all that failed. `more` series are not listed.
    """

    name: str
    title: str
    unit: str
    source: str
    every_seconds: float
    seen: float
    sampled_at: float | None
    took_seconds: float | None
    failed_at: float | None
    error: str
    failures: int
    series: list[FigureSeries]
    more: int


class CustomFigures(Struct, frozen=True, kw_only=True):
    """All figures, or the one that was asked for, over [first, after)."""

    now: float
    first: int
    after: int
    step: int
    figures: list[CustomFigure]
