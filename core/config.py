"""The shape of every shared file under config/: frozen, typed, checked when it is loaded.

A room's own file (such as `model.toml`) has its type in that room and is read with `Settings.section`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.policy import Decision

Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
MOST_SHARDS = 64


class Frozen(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of configuration types: immutable, and an unknown field is an error."""


class ProfileConfig(Frozen, frozen=True):
    """One profile of the decision policy; scores 0..1."""

    fraud_threshold: Share
    review_from: Share
    block_margin: Share


class HoldoutConfig(Frozen, frozen=True):
    """When the threshold simulator weights by the hold-out; the terms are those of `core.performance.coverage`.

    The values here are for a policy.toml of one's own from before it was known.
    """

    least_labelled: Count = 30
    covered: Share = 0.5
    represented: Share = 0.5
    expected: Positive = 10.0


class PolicyConfig(Frozen, frozen=True):
    """`policy.toml`. `holdout_share` of what would be BLOCKED is let through to REVIEW, so that its truth is known."""

    profile: str
    profiles: dict[str, ProfileConfig]
    holdout: HoldoutConfig = HoldoutConfig()
    holdout_share: Share = 0.0


class KpiConfig(Frozen, frozen=True):
    """One KPI's target and alert limits, in the KPI's unit."""

    id: str
    title: str
    unit: str
    better: Literal["up", "down"]
    target: float
    target_op: Literal["<", ">="]
    target_text: str
    alert_above: float | None = None
    alert_below: float | None = None
    when: str | None = None


class DailyWindow(Frozen, frozen=True, rename={"start": "from", "end": "to"}):
    """Every day from `from` to `to`, HH:MM in the calendar's zone."""

    start: str
    end: str


class WeeklyWindow(Frozen, frozen=True, rename={"start": "from", "end": "to"}):
    """On one week day from `from` to `to`."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    start: str
    end: str


class DatedWindow(Frozen, frozen=True, rename={"start": "from", "end": "to"}):
    """Once, from one instant to another (ISO 8601)."""

    start: str
    end: str


class Calendar(Frozen, frozen=True):
    """A named set of time windows in one IANA zone."""

    zone: str = "UTC"
    daily: list[DailyWindow] = []
    weekly: list[WeeklyWindow] = []
    dated: list[DatedWindow] = []


class LimitsConfig(Frozen, frozen=True):
    """`limits.toml`: requests a minute, percent, minutes, bytes."""

    global_per_minute: Count
    ip_per_minute: Count
    near_percent: Annotated[float, Meta(gt=0, le=100)]
    block_minutes: Positive
    allow_networks: list[str]
    trusted_proxies: list[str]
    max_body_bytes: Count
    max_events: Count
    operations_networks: list[str] = []
    cors_origins: list[str] = []


class IngestConfig(Frozen, frozen=True):
    """`ingest.toml`."""

    durability: Literal["stream", "postgres"]
    batch_events: Count
    batch_wait_ms: Count
    keep_unconfirmed_mb: Count
    future_seconds: Positive
    stream_shards: Annotated[int, Meta(ge=1, le=MOST_SHARDS)] = 1  # files from before it was known go on


class RetentionConfig(Frozen, frozen=True):
    """`retention.toml`: days and hours."""

    raw_days: Count
    requests_days: Count
    rollup_days: Count
    slot_hours: Count
    check_days: Count
    partitions_ahead: Count


class ThreatsConfig(Frozen, frozen=True):
    """`threats.toml`: what being on the threat list does to requests and to transactions."""

    refuse_requests: bool
    least_decision: Decision
    keep_days: Positive


class UploadsConfig(Frozen, frozen=True):
    """`uploads.toml`: bytes of a training file as sent and unpacked, its columns and values at most, hours that it is
    kept, files kept at a time.
    """

    max_bytes: Count
    unpacked_bytes: Count
    most_columns: Count
    most_values: Count
    keep_hours: Positive
    most: Count


class ServiceConfig(Frozen, frozen=True):
    """One service check: its kind, target, baseline in ms and the factor from which it is SLOW."""

    name: str
    title: str
    kind: str
    baseline_ms: Positive
    slow_factor: Positive
    suggestion: str
    target: str = ""


class ServicesConfig(Frozen, frozen=True):
    """`services.toml`."""

    interval_seconds: Positive
    timeout_seconds: Positive
    service: list[ServiceConfig]


class Config(Frozen, frozen=True):
    """All shared files of config/, one field each."""

    policy: PolicyConfig
    kpis: dict[str, KpiConfig]
    windows: dict[str, Calendar]
    limits: LimitsConfig
    ingest: IngestConfig
    retention: RetentionConfig
    services: ServicesConfig
    threats: ThreatsConfig
    uploads: UploadsConfig
