"""The shape of config/access.toml."""

from typing import Annotated, Literal

from msgspec import Meta

from console.auth.login_throttle import Counter
from core.config import Count, Frozen, WholeHours
from core.config_values import check_networks
from core.identity.second_factors import Bounds
from core.settings import Settings

WholeMinutes = Annotated[int, Meta(ge=1, le=366 * 1440)]


class Slowing(Frozen, frozen=True):
    """Free attempts, then a delay that doubles up to `longest` seconds."""

    free: Annotated[int, Meta(ge=1, le=1000)]
    longest: Annotated[float, Meta(gt=0, le=86400)]

    def counter(self, name: str) -> Counter:
        """The counter of this kind for one account, address or device."""
        return Counter(name, self.free, self.longest)


class AccessConfig(Frozen, frozen=True):
    """`access.toml`."""

    idle_minutes: WholeMinutes
    absolute_hours: WholeHours
    step_up_minutes: WholeMinutes
    mfa_attempts: Count
    mfa_window_minutes: WholeMinutes
    attempt_memory_minutes: WholeMinutes
    admin_failures_from_ip: Count
    invitation_hours: WholeHours
    networks: dict[Literal["development", "production"], list[str]]
    account: Slowing
    address: Slowing
    device: Slowing

    def __post_init__(self) -> None:
        for name, texts in self.networks.items():
            if not texts:
                raise ValueError(f"networks.{name} contains no network, so no one could reach the console")
            check_networks(texts)

    @property
    def mfa_bounds(self) -> Bounds:
        """When wrong second factors lock an account."""
        return Bounds(self.mfa_attempts, self.mfa_window_minutes * 60)


def load(settings: Settings) -> AccessConfig:
    """`config/access.toml`. Raises ConfigError naming file and field."""
    return settings.section("access", AccessConfig)
