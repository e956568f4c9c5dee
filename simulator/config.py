"""The type of `config/simulator.toml`: how big the platform is and what goes on there."""

from typing import Annotated, Literal

from msgspec import Meta

from core.config import Count, Days, Frozen, Minutes, Positive, Share
from core.settings import Settings
from core.statuses.mix import Mix

Hour = Annotated[int, Meta(ge=0, le=23)]
WeekDay = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class LaunchConfig(Frozen, frozen=True):
    """A weekly event launch: from `hour` UTC for `hours`, traffic and the share of purchases grow by these factors."""

    day: WeekDay
    hour: Hour
    hours: Count
    traffic: Positive
    purchases: Positive


class LabelsConfig(Frozen, frozen=True):
    """What becomes known, and when: shares of transactions and typical (median) delays."""

    fraud_reviewed: Share
    odd_reviewed: Share
    honest_reviewed: Share
    review_minutes: Minutes
    chargeback_share: Share
    chargeback_days: Days
    appeal_share: Share


class BackfillConfig(Frozen, frozen=True):
    """How history is made: newest hours scored one by one, hours with API requests, share kept of the older days."""

    single_hours: Annotated[float, Meta(ge=0)]
    request_hours: Annotated[float, Meta(ge=0)]
    older_share: Share
    batch: Count


class StatusesConfig(Mix, frozen=True, kw_only=True):
    """What the payment gateways count, as `source`. The running minute is sent again every `every_seconds`.

    History has `history_days`, with dimensions in the newest `detailed_hours`.
    """

    source: str
    every_seconds: Annotated[float, Meta(ge=1, le=60)]
    history_days: Days
    detailed_hours: Positive


class SimulatorConfig(Frozen, frozen=True):
    """`simulator.toml`. Rates are means over a day; the daily rhythm moves around them by `rhythm`."""

    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    customers: Count
    events: Count
    transactions_per_hour: Positive
    rhythm: Share
    purchase_share: Share
    odd_share: Share
    partner_share: Share
    frauds_per_hour: dict[str, Positive]
    requests_per_minute: Positive
    security_per_hour: Positive
    training_rows: Count
    launches: list[LaunchConfig]
    labels: LabelsConfig
    backfill: BackfillConfig
    statuses: StatusesConfig


def load(settings: Settings) -> SimulatorConfig:
    """The simulator's configuration. Raises ConfigError naming file and field."""
    return settings.section("simulator", SimulatorConfig)
