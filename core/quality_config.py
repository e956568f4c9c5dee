"""`quality.toml`: what counts as night for people who are paged, and what a notification costs them."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen, check_zone

Hour = Annotated[int, Meta(ge=0, le=23)]


class QualityConfig(Frozen, frozen=True):
    """Night is from the hour `night_from` to `night_to` in `zone`; `minutes` a notification are an estimate."""

    zone: str = "UTC"
    night_from: Hour = 22
    night_to: Hour = 7
    minutes: Annotated[float, Meta(ge=0, le=1440)] = 15.0

    def __post_init__(self) -> None:
        check_zone(self.zone)
