"""How far back events are kept: what is older is refused by name, because it would be dropped within the hour. Pure."""

from typing import Self

from msgspec import Struct

from core import clock
from core.config import RetentionConfig
from core.errors import BadInput
from core.events.performance.kinds import KINDS

DAY = 86400.0


class Kept(Struct, frozen=True):
    """Days for which rows of each kind of event are kept; a kind that is not named here is kept for ever.

    Labels are: they outlive what they are about. Of heartbeats only the newest of a service is.
    """

    days: dict[str, int] = {}
    setting: dict[str, str] = {}

    @classmethod
    def of(cls, config: RetentionConfig) -> Self:
        """Those of `retention.toml`."""
        raw = dict.fromkeys(("transaction", "prediction", "security"), "raw_days")
        setting = raw | {"request": "requests_days", "request-counts": "requests_days"}
        setting |= {str(kind.__struct_config__.tag): kind.kept_by for kind in KINDS if kind.kept_by}
        return cls({kind: getattr(config, name) for kind, name in setting.items()}, setting)

    def oldest(self, kind: str, now: float) -> float:
        """Epoch seconds of the oldest event of a kind that is kept."""
        return now - self.days[kind] * DAY if kind in self.days else float("-inf")

    def check(self, kind: str, at: float, now: float, field: str = "$.timestamp") -> None:
        """Raise BadInput for a time from which nothing of this kind is kept any more."""
        if at < (oldest := self.oldest(kind, now)):
            since = clock.to_datetime(oldest).replace(microsecond=0).isoformat().replace("+00:00", "Z")
            kept = f"{self.days[kind]} days ({self.setting[kind]} in retention.toml)"
            raise BadInput(field, f"older than the retention period, {kept}: the oldest accepted time is {since}")
