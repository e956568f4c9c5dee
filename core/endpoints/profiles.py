"""What the page Profiler shows: the answer of `GET /api/v1/profile`.

Minutes are minutes of the epoch. A sample is one look at one request under way; times that are two days old are whole
hours. Of a comparison, "base" is what the profile is compared with.
"""

from typing import Final

from msgspec import Struct

from core.endpoints.profile_runs import ProfileRun

ROUTE = "/api/v1/profile"
LENGTHS = {"15m": 15, "1h": 60, "6h": 360, "24h": 1440, "7d": 10_080}  # minutes
USUAL: Final = "1h"
BASES = {"previous": 0, "day": 1440, "week": 10_080}  # minutes before; 0: the range's own length


class Bar(Struct, frozen=True):
    """A frame of the flame graph, in the order of a walk: which of `frames`, its depth (the root's is 0), left edge and
    width as shares of the whole, samples in all and in itself, and the same two of the base.
    """

    frame: int
    depth: int
    left: float
    width: float
    total: int
    self: int
    base_total: int = 0
    base_self: int = 0


class Function(Struct, frozen=True):
    """A function in all its places: which of `frames`, samples in all and in itself, the same of the base, and whether
    its own share differs by more than chance.
    """

    frame: int
    total: int
    self: int
    base_total: int = 0
    base_self: int = 0
    is_sure: bool = False


class Profile(Struct, frozen=True, kw_only=True):
    """Samples over [first, after), of a comparison against those over [base_first, base_after).

    `samples` are those below `frame` (empty: all of them), `all_samples` those of the whole filter. `frames` are names
    and whether a function is the application's own. `more` functions are not listed. What can be chosen: `services`,
    `endpoints` (route and method), `versions` (the newest first), `runs`.
    """

    now: float
    first: int
    after: int
    samples: int
    all_samples: int
    base_samples: int = 0
    base_first: int = 0
    base_after: int = 0
    is_compared: bool = False
    frames: list[tuple[str, bool]]
    bars: list[Bar]
    functions: list[Function]
    more: int = 0
    services: list[str]
    endpoints: list[tuple[str, str]]
    versions: list[str]
    runs: list[ProfileRun]
