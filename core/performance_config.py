"""`performance.toml`: what is recorded of endpoints beside their figures, a section a subject."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen


class OutliersConfig(Frozen, frozen=True):
    """Which requests are kept as outliers: those slower than this quantile of their endpoint and than so many ms, and
    those that run for `timeout_seconds`. A process keeps `per_minute` of an endpoint, ten times as many of all; of one
    service `per_day` are stored.
    """

    quantile: Annotated[float, Meta(gt=0.5, lt=1)] = 0.995
    least_ms: Annotated[float, Meta(ge=1, le=600_000)] = 50.0
    timeout_seconds: Annotated[float, Meta(ge=1, le=86_400)] = 30.0
    per_minute: Annotated[int, Meta(ge=1, le=10_000)] = 20
    per_day: Annotated[int, Meta(ge=1, le=1_000_000)] = 5_000


class PerformanceConfig(Frozen, frozen=True):
    """The file; a section or a file that is missing has its defaults, as files of older releases have."""

    outliers: OutliersConfig = OutliersConfig()
