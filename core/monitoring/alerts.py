"""Resource `alerts` (A5, A6, A12): each rule with its state, open incidents, silences, and what charts mark."""

from typing import Literal

from msgspec import Struct

from core.events.base import Severity

Phase = Literal["waiting", "inactive", "pending", "firing"]


class AlertRule(Struct, frozen=True, kw_only=True):
    """One series of a rule. `phase` is `waiting` before it was evaluated, `since` (ms) when it entered the phase.

    `value` and `limits` (sign and number) are in `unit`; `words` name the values 0, 1, 2 … of a rule that measures a
    state. A rule that does not `tell` opens no incidents, such as the watchdog, which always fires.
    """

    rule: str
    series: str
    title: str
    severity: Severity
    metric: str
    phase: Phase
    health: Literal["ok", "no_data", "error"]
    silenced: bool
    value: float | None
    limits: list[tuple[str, float]]
    unit: str
    words: list[str]
    since: int | None
    incident: str | None
    tells: bool


class OpenIncident(Struct, frozen=True, kw_only=True):
    """An incident that is not over. Times in ms; `value` and `limit` are in `unit`; `silenced_by` is an owner."""

    id: str
    rule: str
    series: str
    kind: str
    severity: Severity
    status: Literal["open", "acknowledged"]
    title: str
    summary: str
    value: float | None
    unit: str
    limit: float | None
    began: int
    opened: int
    acknowledged_by: str | None
    assignee: str | None
    silenced_by: str | None


class ActiveSilence(Struct, frozen=True, kw_only=True):
    """A silence in force, until `ends` (ms). What is not exact is a pattern: '' any, `x*` what begins with x."""

    id: int
    rule: str
    series: str
    exact_rule: bool
    exact_series: bool
    severity: Severity | None
    owner: str
    reason: str
    ends: int


class AlertSpan(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """When an alert fired (ms), for charts of its metric; `end` is None while the incident is open."""

    incident: str
    rule: str
    series: str
    metric: str
    severity: Severity
    title: str
    start: int
    end: int | None


class PolicyChange(Struct, frozen=True, kw_only=True):
    """A version of the decision policy that came into force at `t` (ms); `fraud_threshold` is a score 0..1."""

    t: int
    version: int
    profile: str
    fraud_threshold: float
    actor: str


class ActionsOff(Struct, frozen=True, kw_only=True):
    """Who turned automatic actions off with the kill switch, why and when (ms)."""

    actor: str
    reason: str
    since: int


class Alerts(Struct, frozen=True, kw_only=True):
    """Rules with the worst first, incidents with the most urgent first.

    `judged` says whether a worker evaluates the rules, `judged_at` (ms) when that was last while none does. `spans` and
    `policies` are those of the window.
    """

    judged: bool
    judged_at: int | None
    rules: list[AlertRule]
    incidents: list[OpenIncident]
    silences: list[ActiveSilence]
    spans: list[AlertSpan]
    policies: list[PolicyChange]
    actions_off: ActionsOff | None


RESOURCE = Alerts
