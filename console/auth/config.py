"""The shape of config/access.toml."""

from typing import Literal

from core.config import Count, Frozen, Positive
from core.store.attempts import Counter
from core.store.factors import Bounds


class Slowing(Frozen, frozen=True):
    """Free attempts, then a delay that doubles up to `longest` seconds."""

    free: Count
    longest: Positive

    def counter(self, name: str) -> Counter:
        """The counter of this kind for one account, address or device."""
        return Counter(name, self.free, self.longest)


class AccessConfig(Frozen, frozen=True):
    """`access.toml`."""

    idle_minutes: Count
    absolute_hours: Count
    step_up_minutes: Count
    mfa_attempts: Count
    mfa_window_minutes: Count
    attempt_memory_minutes: Count
    admin_failures_from_ip: Count
    invitation_hours: Count
    networks: dict[Literal["development", "production"], list[str]]
    account: Slowing
    address: Slowing
    device: Slowing

    @property
    def mfa_bounds(self) -> Bounds:
        """When wrong second factors lock an account."""
        return Bounds(self.mfa_attempts, self.mfa_window_minutes * 60)
