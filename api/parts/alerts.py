"""Alerts (A5, A6, A12): each rule with its state, open incidents, silences, and what charts mark in the range."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core import rule_facts
from core.clock import to_datetime
from core.incident import Incident
from core.silences import Silence, first
from core.store import alert_reads, silences
from core.store.alert_reads import Rule, State

NAME = "alerts"
REFRESH = 5.0
ALIVE_SECONDS = 60.0  # rules that nobody judged for so long are not being judged
MOST = 200
Severity = Literal["critical", "high", "medium", "low"]


class RuleRow(TypedDict):
    """One series of a rule, the worst first; `phase` is `waiting` before it was judged, `since` in ms; `words` name the
    values 0, 1, 2 … of a rule that measures a state.

    A rule that does not `tell` opens no incidents, such as the watchdog, which always fires.
    """

    rule: str
    series: str
    title: str
    severity: Severity
    metric: str
    phase: Literal["waiting", "inactive", "pending", "firing"]
    health: Literal["ok", "no_data", "error"]
    silenced: bool
    value: float | None
    limits: list[tuple[str, float]]
    unit: str
    words: list[str]
    since: int | None
    incident: str | None
    tells: bool


class IncidentRow(TypedDict):
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
    limit: float | None
    unit: str
    began: int
    opened: int
    acknowledged_by: str | None
    assignee: str | None
    silenced_by: str | None


class SilenceRow(TypedDict):
    """A silence in force, until `ends` (ms)."""

    id: int
    rule: str
    series: str
    severity: Severity | None
    owner: str
    reason: str
    ends: int


Span = TypedDict(
    "Span",
    {
        "incident": str, "rule": str, "series": str, "metric": str, "severity": Severity, "title": str, "from": int,
        "to": int | None,
    },
)  # fmt: skip


class PolicyChange(TypedDict):
    """A version of the decision policy that came into force at `t` (ms)."""

    t: int
    version: int
    profile: str
    fraud_threshold: float
    actor: str


class ActionsOff(TypedDict):
    """Who threw the kill switch of automatic actions, why and when (ms)."""

    actor: str
    reason: str
    since: int


class Data(TypedDict):
    """`judged` says whether somebody evaluates the rules, `judged_at` (ms) when that was last when nobody does."""

    judged: bool
    judged_at: int | None
    rules: list[RuleRow]
    incidents: list[IncidentRow]
    silences: list[SilenceRow]
    spans: list[Span]
    policies: list[PolicyChange]
    actions_off: ActionsOff | None


def read(context: Context, window: Window) -> dict[str, Any]:
    """Rules, incidents and silences as of now; spans and policy changes of the window."""
    span = {"start": to_datetime(window.start), "end": to_datetime(window.end), "most": MOST}
    with context.transaction() as connection:
        rules, states = alert_reads.rules(connection), alert_reads.states(connection)
        unresolved = alert_reads.unresolved(connection)
        quiet = silences.current(connection, context.now)
        spans = alert_reads.of(connection, "spans", **span)
        policies = alert_reads.of(connection, "policies", **span)
        off = alert_reads.switch_is_off(connection, "actions")
    return {
        **rows(rules, states, unresolved, quiet, context.now),
        "spans": [_span(row, {rule.id: rule for rule in rules}) for row in spans],
        "policies": [{"t": milliseconds(row.pop("created_at")), **row} for row in policies],
        "actions_off": off and {"actor": off["actor"], "reason": off["reason"], "since": milliseconds(off["at"])},
    }


def rows(
    rules: Sequence[Rule],
    states: Sequence[State],
    unresolved: Sequence[Incident],
    quiet: Sequence[Silence],
    now: float,
) -> dict[str, Any]:
    """What the part says of the present; pure."""
    judged_at = max((state.evaluated_at for state in states), default=None)
    judged = judged_at is not None and now - judged_at.timestamp() < ALIVE_SECONDS
    found = []
    for rule in rules:
        mine: list[State | None] = [state for state in states if state.rule == rule.id]
        found += [_rule(rule, state, quiet, now) for state in mine or [None]]
    return {
        "judged": judged,
        "judged_at": None if judged or judged_at is None else milliseconds(judged_at),
        "rules": sorted(found, key=_worst),
        "incidents": sorted((_incident(one, quiet, now) for one in unresolved if one.kind != "canary"), key=_urgent),
        "silences": [_silence(one) for one in quiet if one.starts_at.timestamp() <= now < one.ends_at.timestamp()],
    }


_SEVERITIES = ("critical", "high", "medium", "low")
_PHASES = ("firing", "pending", "inactive", "waiting")


def _worst(row: dict[str, Any]) -> tuple[Any, ...]:
    healthy = row["health"] == "ok"
    return (
        not row["tells"],
        _PHASES.index(row["phase"]),
        healthy,
        _SEVERITIES.index(row["severity"]),
        row["rule"],
        row["series"],
    )


def _urgent(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["status"] != "open", row["silenced_by"] is not None, _SEVERITIES.index(row["severity"]), -row["opened"]


def _rule(rule: Rule, state: State | None, quiet: Sequence[Silence], now: float) -> dict[str, Any]:
    series = state.series if state else ""
    return {
        "rule": rule.id,
        "series": series,
        "title": rule.title,
        "severity": rule.severity,
        "metric": rule_facts.metric(rule.definition),
        "phase": state.phase if state else "waiting",
        "health": state.health if state else "ok",
        "silenced": first(quiet, rule.id, series, rule.severity, now) is not None,
        "value": state.value if state else None,
        "limits": rule_facts.limits(rule.definition),
        "unit": rule_facts.unit(rule.definition),
        "words": rule_facts.words(rule.definition),
        "since": milliseconds(state.since) if state else None,
        "incident": state.incident_id if state else None,
        "tells": bool(rule.definition.get("incident", True)),
    }


def _incident(one: Incident, quiet: Sequence[Silence], now: float) -> dict[str, Any]:
    mute = first(quiet, one.rule, one.series, one.severity, now)
    names = ("id", "rule", "series", "kind", "severity", "status", "title", "summary", "value", "unit")
    return {
        **{name: getattr(one, name) for name in names},
        "limit": one.limit_value,
        "began": milliseconds(one.began_at),
        "opened": milliseconds(one.opened_at),
        "acknowledged_by": one.acknowledged_by,
        "assignee": one.assignee,
        "silenced_by": mute.owner if mute else None,
    }


def _silence(one: Silence) -> dict[str, Any]:
    names = ("id", "rule", "series", "severity", "owner", "reason")
    return {**{name: getattr(one, name) for name in names}, "ends": milliseconds(one.ends_at)}


def _span(row: dict[str, Any], rules: dict[str, Rule]) -> dict[str, Any]:
    rule = rules.get(row["rule"])
    return {
        "incident": row["id"],
        "rule": row["rule"],
        "series": row["series"],
        "metric": rule_facts.metric(rule.definition) if rule else row["rule"],
        "severity": row["severity"],
        "title": row["title"],
        "from": milliseconds(row["opened_at"]),
        "to": milliseconds(row["resolved_at"]) if row["resolved_at"] else None,
    }
