"""The shape of every shared file under config/: frozen, typed, checked when it is loaded.

A room's own file (such as `model.toml`) has its type in that room and is read with `Settings.section`.
"""

from typing import Annotated, Literal

from msgspec import Meta

from core import config_values
from core.config_values import Frozen as Frozen
from core.fraud_cost_config import FraudCostConfig
from core.performance_config import PerformanceConfig
from core.policy import Decision
from core.quality_config import QualityConfig
from core.reports_config import ReportsConfig

# Bounded, so that no sum with a time, no query and no array can overflow.
Positive = Annotated[float, Meta(gt=0, le=1e9)]
Count = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Bytes = Annotated[int, Meta(ge=1, le=2**46)]
Seconds = Annotated[float, Meta(gt=0, le=366 * 86400)]
Minutes = Annotated[float, Meta(gt=0, le=366 * 1440)]
Hours = Annotated[float, Meta(gt=0, le=20 * 366 * 24)]
Days = Annotated[float, Meta(gt=0, le=20 * 366)]
WholeDays = Annotated[int, Meta(ge=1, le=20 * 366)]
WholeHours = Annotated[int, Meta(ge=1, le=20 * 366 * 24)]
Share = Annotated[float, Meta(ge=0, le=1)]
MOST_SHARDS = 64
KPIS = ("transactions_per_hour", "fraud_rate", "api_latency_p95", "revenue_per_hour")  # the tables of kpis.toml
TARGETS = ("api_url", "scoring_url", "rpc_url")  # settings that the target of a service check may name


class ProfileConfig(Frozen, frozen=True):
    """One profile of the decision policy; scores 0..1."""

    fraud_threshold: Share
    review_from: Share
    block_margin: Share


class HoldoutConfig(Frozen, frozen=True):
    """When the threshold simulator weights by the hold-out; the terms are those of `console.thresholds.coverage`.

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

    def __post_init__(self) -> None:
        for name in {"normal", self.profile} - self.profiles.keys():
            raise ValueError(f"there is no [profiles.{name}]; there are {', '.join(sorted(self.profiles)) or 'none'}")


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

    def __post_init__(self) -> None:
        config_values.check_span(self.start, self.end)


class WeeklyWindow(Frozen, frozen=True, rename={"start": "from", "end": "to"}):
    """On one week day from `from` to `to`."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    start: str
    end: str

    def __post_init__(self) -> None:
        config_values.check_span(self.start, self.end)


class DatedWindow(Frozen, frozen=True, rename={"start": "from", "end": "to"}):
    """Once, from one instant to another (ISO 8601 with date, time and offset)."""

    start: str
    end: str

    def __post_init__(self) -> None:
        config_values.check_instants(self.start, self.end)


class Calendar(Frozen, frozen=True):
    """A named set of time windows in one IANA zone."""

    zone: str = "UTC"
    daily: list[DailyWindow] = []
    weekly: list[WeeklyWindow] = []
    dated: list[DatedWindow] = []

    def __post_init__(self) -> None:
        config_values.check_zone(self.zone)

    @property
    def is_empty(self) -> bool:
        """Whether it has no window at all."""
        return not (self.daily or self.weekly or self.dated)


class ConnectionsConfig(Frozen, frozen=True):
    """What a client may hold of a worker: seconds, bytes a second, bytes. The values here are for older files."""

    per_address: Count = 128
    head_seconds: Positive = 10
    body_seconds: Positive = 10
    answer_seconds: Positive = 20
    least_bytes_per_second: Positive = 4096
    waiting_bytes: Count = 1 << 30


class LimitsConfig(Frozen, frozen=True):
    """`limits.toml`: requests a minute, percent, minutes, bytes.

    `reported_per_hour`: how many blocks, locks and threat entries each the reports of one token may cause in an hour.
    """

    global_per_minute: Count
    ip_per_minute: Count
    near_percent: Annotated[float, Meta(gt=0, le=100)]
    block_minutes: Minutes
    allow_networks: list[str]
    trusted_proxies: list[str]
    max_body_bytes: Bytes
    max_events: Count
    max_status_rows: Count = 50_000
    max_endpoint_series: Count = 2_000
    max_exception_groups: Count = 1_000
    max_query_series: Count = 5_000
    max_json_values: Count = 1_000_000
    max_features: Annotated[int, Meta(ge=1, le=1000)] = 1000  # nothing behind the door takes more
    max_feature_name: Annotated[int, Meta(ge=1, le=100)] = 100
    max_feature_word: Annotated[int, Meta(ge=1, le=200)] = 200
    max_document_bytes: Count = 65_536
    max_document_members: Count = 2_000
    max_document_depth: Annotated[int, Meta(ge=1, le=100)] = 20
    reported_per_hour: Count = 20
    operations_networks: list[str] = []
    cors_origins: list[str] = []
    connections: ConnectionsConfig = ConnectionsConfig()

    def __post_init__(self) -> None:
        config_values.check_networks([*self.allow_networks, *self.trusted_proxies, *self.operations_networks])
        config_values.check_origins(self.cors_origins)


class IngestConfig(Frozen, frozen=True):
    """`ingest.toml`."""

    durability: Literal["stream", "postgres"]
    batch_events: Count
    batch_wait_ms: Annotated[int, Meta(ge=1, le=60_000)]
    keep_unconfirmed_mb: Annotated[int, Meta(ge=1, le=2**20)]
    future_seconds: Seconds
    stream_shards: Annotated[int, Meta(ge=1, le=MOST_SHARDS)] = 1  # files from before it was known go on
    unknown_names: Literal["report", "refuse"] = "report"


class RetentionConfig(Frozen, frozen=True):
    """`retention.toml`: days and hours."""

    raw_days: WholeDays
    requests_days: WholeDays
    rollup_days: WholeDays
    slot_hours: WholeHours
    check_days: WholeDays
    partitions_ahead: Annotated[int, Meta(ge=1, le=60)]
    status_days: WholeDays = 400  # files from before it was known go on
    endpoint_days: WholeDays = 90  # so here
    profile_days: WholeDays = 14
    exception_days: WholeDays = 90
    figure_days: WholeDays = 90
    query_days: WholeDays = 90
    query_minute_days: WholeDays = 7
    process_days: WholeDays = 30
    outlier_days: WholeDays = 30  # and here


class ThreatsConfig(Frozen, frozen=True):
    """`threats.toml`: what being on the threat list does to requests and to transactions."""

    refuse_requests: bool
    least_decision: Decision
    keep_days: Days


class UploadsConfig(Frozen, frozen=True):
    """`uploads.toml`: bytes of a training file as sent and unpacked, its columns and values at most, hours that it is
    kept, files kept at a time; what the processes that read files may take, and how many read for one server.
    """

    max_bytes: Bytes
    unpacked_bytes: Bytes
    most_columns: Count
    most_values: Bytes
    keep_hours: Hours
    most: Count
    most_record: Count = 2_000_000
    labels_unpacked_bytes: Count = 33_554_432
    labels_rows: Count = 100_000
    labels_columns: Count = 200
    series_bytes: Count = 5_242_880
    series_points: Count = 500_000
    read_seconds: Positive = 20.0
    read_memory_mb: Count = 768
    look_seconds: Positive = 90.0
    look_memory_mb: Count = 3072
    result_mb: Count = 64
    readers: Count = 2


class ServiceConfig(Frozen, frozen=True):
    """One service check: its kind, target, baseline in ms and the factor from which it is SLOW.

    `depends_on` names services and processes without which it cannot be UP: nobody is told of what follows from them.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\Z")]
    title: str
    kind: str
    baseline_ms: Positive
    slow_factor: Positive
    suggestion: str
    target: str = ""
    depends_on: list[str] = []

    def __post_init__(self) -> None:
        config_values.check_names(self.target, TARGETS)


class ServicesConfig(Frozen, frozen=True):
    """`services.toml`."""

    interval_seconds: Annotated[float, Meta(gt=0, le=3600)]
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)]
    service: Annotated[list[ServiceConfig], Meta(min_length=1, max_length=200)]

    def __post_init__(self) -> None:
        names = [one.name for one in self.service]
        for name in {one for one in names if names.count(one) > 1}:
            raise ValueError(f"two services are called {name!r}")


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
    performance: PerformanceConfig = PerformanceConfig()
    quality: QualityConfig = QualityConfig()
    reports: ReportsConfig = ReportsConfig()
    fraud_cost: FraudCostConfig = FraudCostConfig()
