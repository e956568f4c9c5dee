"""When things happen: the day's rhythm, the weekend, and event launches. Pure functions of epoch seconds, UTC."""

import math
from datetime import UTC, datetime

from simulator.config import LaunchConfig, SimulatorConfig

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PEAK_HOUR = 19.5


def traffic(when: float, config: SimulatorConfig) -> float:
    """How busy the platform is, as a factor of its daily mean."""
    moment = datetime.fromtimestamp(when, UTC)
    hour = moment.hour + moment.minute / 60
    wave = math.cos((hour - _PEAK_HOUR) / 24 * 2 * math.pi)
    weekend = 1.06 if moment.weekday() >= 5 else 0.98
    launch = _launch(moment, config)
    return (1 + config.rhythm * wave) * weekend * (launch.traffic if launch else 1.0)


def purchase_share(when: float, config: SimulatorConfig) -> float:
    """Which share of transactions are purchases: more of them while an event launches."""
    launch = _launch(datetime.fromtimestamp(when, UTC), config)
    return min(1.0, config.purchase_share * (launch.purchases if launch else 1.0))


def _launch(moment: datetime, config: SimulatorConfig) -> LaunchConfig | None:
    day = _DAYS[moment.weekday()]
    return next(
        (item for item in config.launches if item.day == day and item.hour <= moment.hour < item.hour + item.hours),
        None,
    )
