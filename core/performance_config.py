"""`performance.toml`: what is recorded of endpoints beside their figures, a section a subject."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen


class OutliersConfig(Frozen, frozen=True):
    """Which requests are kept as outliers: those slower than this quantile of their endpoint and than so many ms."""

    quantile: Annotated[float, Meta(gt=0.5, lt=1)] = 0.995
    least_ms: Annotated[float, Meta(ge=1, le=600_000)] = 50.0


class ProfilerConfig(Frozen, frozen=True):
    """The profiler: whether it always samples, and how many times a second; how long it does on demand at most.

    Bounds: `series` of a service are endpoints by version, and runs, in use within two days; `names` are its new
    functions, and its new stacks, of a day; `minute_stacks` are those that one process reports of an endpoint's minute.
    Minutes become hours after `minute_hours`.
    """

    continuous: bool = True
    hz: Annotated[float, Meta(ge=1, le=50)] = 20.0
    most_seconds: Annotated[int, Meta(ge=1, le=600)] = 120
    minute_stacks: Annotated[int, Meta(ge=10, le=500)] = 300
    series: Annotated[int, Meta(ge=10, le=100_000)] = 500
    names: Annotated[int, Meta(ge=100, le=1_000_000)] = 10_000
    minute_hours: Annotated[int, Meta(ge=2, le=24 * 14)] = 48


class PerformanceConfig(Frozen, frozen=True):
    """The file; a section or a file that is missing has its defaults, as files of older releases have."""

    outliers: OutliersConfig = OutliersConfig()
    profiler: ProfilerConfig = ProfilerConfig()
