"""`config/monitoring.toml`: what the parts judge by."""

from typing import Annotated, Literal

from msgspec import Meta

from core.config import Count, Days, Frozen, Positive, Share, WholeDays, WholeHours
from core.settings import Settings

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class PrecisionConfig(Frozen, frozen=True):
    """Baseline precision, the fall in percent of it that warns, and when retraining is due (UTC)."""

    baseline: Share
    warning_percent: Positive
    retraining_day: Day
    retraining_time: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]


class DriftConfig(Frozen, frozen=True):
    """KL limits in nats, and the number of predictions below which nothing is said."""

    threshold: Positive
    watch: Positive
    minimum: Count


class LabelsConfig(Frozen, frozen=True):
    """Days of predictions that the delay of labels is taken from, the share of known frauds that is mature, and the
    number of labelled frauds below which nothing is said."""

    history_days: Annotated[int, Meta(ge=2, le=365)]
    known: Annotated[float, Meta(gt=0, lt=1)]
    least_frauds: Count


class ShadowConfig(Frozen, frozen=True):
    """How far back, and over how many transactions, challenger and champion are compared; what a verdict wants."""

    days: Days
    rows: Count
    least_frauds: Count
    resamples: Count
    confidence: Annotated[float, Meta(gt=0, lt=1)]


class UptimeConfig(Frozen, frozen=True):
    """Hours over which uptime is counted."""

    hours: WholeHours


class FlagsConfig(Frozen, frozen=True):
    """Features that are true or false."""

    names: list[str]


class MonitoringConfig(Frozen, frozen=True):
    """The whole file. `units` gives the unit that is appended to a feature's value."""

    high_risk_from: Annotated[float, Meta(ge=0.65, le=1)]  # the index of high-risk predictions begins there
    security_minutes: Annotated[int, Meta(ge=1, le=366 * 1440)]
    longest_range_days: WholeDays
    precision: PrecisionConfig
    drift: DriftConfig
    labels: LabelsConfig
    shadow: ShadowConfig
    uptime: UptimeConfig
    units: dict[str, str]
    flags: FlagsConfig


def load(settings: Settings) -> MonitoringConfig:
    """The configuration of the monitoring API. Raises ConfigError naming file and field."""
    return settings.section("monitoring", MonitoringConfig)
