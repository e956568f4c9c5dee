"""The types of `config/rules.toml` and `config/alerts.toml`."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from alerts.durations import Duration, check_least, seconds
from alerts.notify.channel import SecretName
from core import config_values
from core.config import Frozen, Seconds, WholeDays
from core.events.base import Severity

RuleId = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Summary = Annotated[str, Meta(min_length=1, max_length=1000)]
Unit = Annotated[str, Meta(max_length=20)]
Runbook = Annotated[str, Meta(pattern=r"^(https?://[^\s/]\S*|[A-Za-z0-9_][A-Za-z0-9_./-]*)?\Z")]
LATE_SECONDS = 2.0  # how long an event may take from the stream to PostgreSQL before the collector counts as behind


class RuleConfig(Frozen, frozen=True, rename={"hold": "for"}):
    """One `[[rule]]`; `parameters` are those of its kind.

    `hold` (`for`) is how long it must be bad before it fires, `keep_firing_for` how long good before it is resolved;
    `no_data_after` opens an incident about missing data (0: never); `reopen_after`: a person resolved it, yet it is
    still bad. `words` name the values 0, 1, 2 … of a kind that measures a state. `when` is a calendar outside which the
    rule is off, `quiet` are calendars in which nobody is told. `depends_on` names what the rule needs: while that is
    down, nobody is told of what `inhibit` names (all, or missing: only missing data; '': missing for a critical rule,
    else all). `watches` gives what this rule is about a name for others' `depends_on`. `group`: people are told of a
    storm together; `group_wait` and `group_lasting`: with other lengths than `[grouping]` of alerts.toml has.
    """

    id: RuleId
    title: Title
    summary: Summary
    kind: str
    severity: Severity
    hold: Duration = 0.0
    keep_firing_for: Duration = 0.0
    no_data_after: Duration = "10m"
    reopen_after: Duration = "30m"
    escalate_after: Duration = "15m"
    unit: Unit = ""
    words: list[str] = []
    runbook: Runbook = ""
    when: str | None = None
    quiet: list[str] = []
    channels: list[str] = []
    escalate: list[str] = []
    actions: list[str] = []
    depends_on: list[str] = []
    inhibit: Literal["", "all", "missing"] = ""
    watches: Annotated[str, Meta(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    group: bool = True
    group_wait: Duration | None = None
    group_lasting: Duration | None = None
    incident: bool = True
    security_event: bool = False
    parameters: dict[str, Any] = {}


class RulesConfig(Frozen, frozen=True):
    """`rules.toml`."""

    rule: Annotated[list[RuleConfig], Meta(min_length=1)]


class FlappingConfig(Frozen, frozen=True):
    """A series that fired `firings` times within `within` is flapping: it is resolved only after `calm`."""

    firings: Annotated[int, Meta(ge=2, le=1000)] = 4
    within: Duration = "1h"
    calm: Duration = "15m"


class CanaryConfig(Frozen, frozen=True):
    """A synthetic message to `channel` (none: ''), so often."""

    channel: str = "log"
    every: Duration = "5m"

    def __post_init__(self) -> None:
        check_least("every", self.every, 10)


class HeartbeatConfig(Frozen, frozen=True):
    """`url` names the secret that holds the address of the dead-man's switch; it is pinged `every`."""

    url: SecretName = "GATEHOUSE_HEARTBEAT_URL"
    every: Annotated[float, Meta(ge=1, le=86400)] = 60.0


class GroupingConfig(Frozen, frozen=True):
    """A storm of one rule: the first is told at once, the rest together.

    The pause before a group's next message doubles from `wait` to `longest`; a group that did not grow for `lasting`
    takes no more.
    """

    wait: Duration = "10s"
    longest: Duration = "5m"
    lasting: Duration = "30m"

    def __post_init__(self) -> None:
        if seconds(self.longest) < seconds(self.wait):
            raise ValueError("longest must not be shorter than wait")


class InhibitionConfig(Frozen, frozen=True):
    """A notice about missing data waits `wait` for its cause; what is not over `grace` after its cause is told."""

    wait: Duration = "1m"
    grace: Duration = "5m"


class AlertsConfig(Frozen, frozen=True):
    """`alerts.toml`.

    `interval` between evaluations; `lease` after which another worker takes over; `lapse` is the longest pause between
    two evaluations that still counts as observed time; data older than `behind` is missing data. `notices` are channels
    that hear of silences about to end, `silence_warning` before. `faults` are channels that hear when a rule cannot be
    evaluated and has no channels, when a chore fails and when evaluation has stopped; without any, `notices` are used.
    """

    interval: Annotated[float, Meta(ge=0.1, le=300)] = 5.0
    lease: Seconds = 15.0
    lapse: Seconds = 60.0
    behind: Seconds = 30.0
    console_url: str = ""
    ticks_days: WholeDays = 7
    faults: list[str] = []
    silence_warning: Duration = "15m"
    notices: list[str] = []
    canary: CanaryConfig = CanaryConfig()
    heartbeat: HeartbeatConfig = HeartbeatConfig()
    flapping: FlappingConfig = FlappingConfig()
    grouping: GroupingConfig = GroupingConfig()
    inhibition: InhibitionConfig = InhibitionConfig()

    def __post_init__(self) -> None:
        if self.console_url:
            config_values.check_url(self.console_url)
        for name, least in (("lease", 2 * self.interval), ("lapse", 2 * self.interval), ("behind", LATE_SECONDS)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least:g}, with an interval of {self.interval:g} s")
        if seconds(self.silence_warning) > 7 * 86400:
            raise ValueError("silence_warning must be at most 7d")
