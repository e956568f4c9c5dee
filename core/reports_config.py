"""`reports.toml`: when reports on scoring are sent, and to whom."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen, check_zone
from core.performance_config import DigestConfig, Receivers


class DailyConfig(Frozen, frozen=True):
    """When the report on the day before is sent, and to which channels; without `receivers` it is not sent."""

    hour: Annotated[int, Meta(ge=0, le=23)] = 7
    zone: str = "UTC"
    receivers: Receivers = []

    def __post_init__(self) -> None:
        check_zone(self.zone)


class ReportsConfig(Frozen, frozen=True):
    """The file; a section that is missing has its defaults."""

    daily: DailyConfig = DailyConfig()
    weekly: DigestConfig = DigestConfig(hour=7)
