"""`performance.toml`: what is recorded of endpoints beside their figures, a section a subject."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen


class OutliersConfig(Frozen, frozen=True):
    """Which requests are kept as outliers: those slower than this quantile of their endpoint and than so many ms."""

    quantile: Annotated[float, Meta(gt=0.5, lt=1)] = 0.995
    least_ms: Annotated[float, Meta(ge=1, le=600_000)] = 50.0


class PerformanceConfig(Frozen, frozen=True):
    """The file; a section or a file that is missing has its defaults, as files of older releases have."""

    outliers: OutliersConfig = OutliersConfig()
