"""The types of `config/rules.toml` and `config/alerts.toml`."""

from typing import Annotated, Any

from msgspec import Meta

from core.config import Count, Frozen, Positive
from core.durations import Duration
from core.events import Severity

RuleId = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]


class RuleConfig(Frozen, frozen=True, rename={"hold": "for"}):
    """One `[[rule]]`; `parameters` are those of its kind.

    `hold` (`for`) is how long it must be bad before it fires, `keep_firing_for` how long good before it is resolved;
    `no_data_after` opens an incident about missing data (0: never); `reopen_after`: a person resolved it, yet it is
    still bad. `words` name the values 0, 1, 2 … of a kind that measures a state. `when` is a calendar outside which the
    rule is off, `quiet` are calendars in which nobody is told.
    """

    id: RuleId
    title: str
    summary: str
    kind: str
    severity: Severity
    hold: Duration = 0.0
    keep_firing_for: Duration = 0.0
    no_data_after: Duration = "10m"
    reopen_after: Duration = "30m"
    escalate_after: Duration = "15m"
    unit: str = ""
    words: list[str] = []
    runbook: str = ""
    when: str | None = None
    quiet: list[str] = []
    channels: list[str] = []
    escalate: list[str] = []
    actions: list[str] = []
    incident: bool = True
    security_event: bool = False
    parameters: dict[str, Any] = {}


class RulesConfig(Frozen, frozen=True):
    """`rules.toml`."""

    rule: list[RuleConfig]


class FlappingConfig(Frozen, frozen=True):
    """A series that fired `firings` times within `within` is flapping: it is resolved only after `calm`."""

    firings: Annotated[int, Meta(ge=2)] = 4
    within: Duration = "1h"
    calm: Duration = "15m"


class CanaryConfig(Frozen, frozen=True):
    """A synthetic message to `channel` (none: ''), so often."""

    channel: str = "log"
    every: Duration = "5m"


class HeartbeatConfig(Frozen, frozen=True):
    """`url` names the secret that holds the address of the dead-man's switch; it is pinged `every`."""

    url: str = "GATEHOUSE_HEARTBEAT_URL"
    every: Positive = 60.0


class AlertsConfig(Frozen, frozen=True):
    """`alerts.toml`.

    `interval` between evaluations; `lease` after which another worker takes over; `lapse` is the longest pause between
    two evaluations that still counts as observed time; data older than `behind` is missing data. `notices` are channels
    that hear of silences about to end, `silence_warning` before.
    """

    interval: Positive = 5.0
    lease: Positive = 15.0
    lapse: Positive = 60.0
    behind: Positive = 30.0
    console_url: str = ""
    ticks_days: Count = 7
    silence_warning: Duration = "15m"
    notices: list[str] = []
    canary: CanaryConfig = CanaryConfig()
    heartbeat: HeartbeatConfig = HeartbeatConfig()
    flapping: FlappingConfig = FlappingConfig()
