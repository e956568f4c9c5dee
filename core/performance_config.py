"""`performance.toml`: what is recorded of endpoints beside their figures, a section a subject."""

from typing import Annotated, Literal

from msgspec import Meta

from core.config_values import Frozen, check_zone

Look = Annotated[int, Meta(ge=1, le=1440)]  # minutes
Receivers = Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=20)]


class OutliersConfig(Frozen, frozen=True):
    """Which requests are kept as outliers: those slower than this quantile of their endpoint and than so many ms, and
    those that run for `timeout_seconds`. A process keeps `per_minute` of an endpoint, ten times as many of all; of one
    service `per_day` are stored.
    """

    quantile: Annotated[float, Meta(gt=0.5, lt=1)] = 0.995
    least_ms: Annotated[float, Meta(ge=1, le=600_000)] = 50.0
    timeout_seconds: Annotated[float, Meta(ge=1, le=86_400)] = 30.0
    per_minute: Annotated[int, Meta(ge=1, le=10_000)] = 20
    per_day: Annotated[int, Meta(ge=1, le=1_000_000)] = 5_000


class ProfilerConfig(Frozen, frozen=True):
    """The profiler: whether it always samples, and how many times a second; how long it does on demand at most.

    Bounds: `series` of a service are endpoints by version, and runs, in use within two days; `names` are its new
    functions, and its new stacks, of a day; `minute_stacks` are those that one process reports of an endpoint's minute.
    Minutes become hours after `minute_hours`.
    """

    continuous: bool = True
    hz: Annotated[float, Meta(ge=1, le=50)] = 20.0
    most_seconds: Annotated[int, Meta(ge=1, le=600)] = 120
    minute_stacks: Annotated[int, Meta(ge=10, le=500)] = 300
    series: Annotated[int, Meta(ge=10, le=100_000)] = 500
    names: Annotated[int, Meta(ge=100, le=1_000_000)] = 10_000
    minute_hours: Annotated[int, Meta(ge=2, le=24 * 14)] = 48


class DeploysConfig(Frozen, frozen=True):
    """How a deploy is compared with what went before (core/endpoints/regression.py).

    `before` minutes of earlier versions against those after, at each of `looks` (minutes after the deploy). `alpha` is
    the chance that a deploy which changed nothing has any endpoint named, over all looks. A change counts from
    `duration_factor` and, of error rates, `error_factor` and `error_points` (0..1) on. A service has at most
    `most_a_day` deploys in 24 hours; further ones are counted and not kept.
    """

    before: Annotated[int, Meta(ge=10, le=1440)] = 60
    looks: Annotated[tuple[Look, ...], Meta(min_length=1, max_length=10)] = (3, 9, 30, 60)
    alpha: Annotated[float, Meta(gt=0, le=0.5)] = 0.05
    duration_factor: Annotated[float, Meta(ge=1, le=10)] = 1.04
    error_factor: Annotated[float, Meta(ge=1, le=100)] = 1.5
    error_points: Annotated[float, Meta(ge=0, lt=1)] = 0.005
    least_requests: Annotated[int, Meta(ge=20, le=1_000_000)] = 100
    most_a_day: Annotated[int, Meta(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        if list(self.looks) != sorted(set(self.looks)):
            raise ValueError("looks must ascend")


Level = Literal["all", "10 %", "1 %", "0.1 %", "off"]
SHARES: dict[str, float] = {"all": 1.0, "10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001, "off": 0.0}


class SamplingConfig(Frozen, frozen=True):
    """Of which share of our own requests a row of its own is kept (address, user, path, size, duration): `requests`,
    unless `endpoints` has another level for `METHOD /route` or `/route`. Figures of endpoints are of all requests, and
    every answer of 400 and more is kept.
    """

    requests: Level = "all"
    endpoints: Annotated[dict[Annotated[str, Meta(max_length=330)], Level], Meta(max_length=1000)] = {}

    def share(self, method: str, route: str) -> float:
        """The share of an endpoint, 0..1."""
        own = self.endpoints.get(f"{method} {route}") or self.endpoints.get(route)
        return SHARES[own or self.requests]


class DigestConfig(Frozen, frozen=True):
    """When a weekly digest is sent, and to which channels of channels.toml; without `receivers` it is not sent."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    hour: Annotated[int, Meta(ge=0, le=23)] = 8
    zone: str = "UTC"
    receivers: Receivers = []

    def __post_init__(self) -> None:
        check_zone(self.zone)


class PerformanceConfig(Frozen, frozen=True):
    """The file; a section or a file that is missing has its defaults, as files of older releases have."""

    outliers: OutliersConfig = OutliersConfig()
    profiler: ProfilerConfig = ProfilerConfig()
    deploys: DeploysConfig = DeploysConfig()
    sampling: SamplingConfig = SamplingConfig()
    digest: DigestConfig = DigestConfig()
