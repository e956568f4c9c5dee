"""Alerts (A5, A6, A12): each rule with its state, open incidents, silences, and what charts mark in the range."""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.alerting import alert_reads, rule_metadata, silence_store
from core.alerting.alert_reads import Rule, State
from core.alerting.incident import Incident
from core.alerting.silences import Silence, first
from core.clock import to_datetime
from core.events.base import Severity
from core.monitoring.alerts import (
    ActionsOff,
    ActiveSilence,
    AlertRule,
    Alerts,
    AlertSpan,
    OpenIncident,
    PolicyChange,
)

NAME = "alerts"
REFRESH = 5.0
ALIVE_SECONDS = 60.0  # rules that nobody judged for so long are not being judged
MOST = 200


def read(context: ResourceContext, window: Window) -> Alerts:
    """Rules, incidents and silences as of now; spans and policy changes of the window."""
    span = {"start": to_datetime(window.start), "end": to_datetime(window.end), "most": MOST}
    with context.transaction() as connection:
        rules, states = alert_reads.rules(connection), alert_reads.states(connection)
        unresolved = alert_reads.unresolved(connection)
        quiet = silence_store.current(connection, context.now)
        spans = alert_reads.of(connection, "spans", **span)
        policies = alert_reads.of(connection, "policies", **span)
        off = alert_reads.switch_is_off(connection, "actions")
    by_id = {rule.id: rule for rule in rules}
    return msgspec.structs.replace(
        present(rules, states, unresolved, quiet, context.now),
        spans=[_span(row, by_id.get(row["rule"])) for row in spans],
        policies=[PolicyChange(t=milliseconds(row.pop("created_at")), **row) for row in policies],
        actions_off=off and ActionsOff(actor=off["actor"], reason=off["reason"], since=milliseconds(off["at"])),
    )


def present(
    rules: Sequence[Rule],
    states: Sequence[State],
    unresolved: Sequence[Incident],
    quiet: Sequence[Silence],
    now: float,
) -> Alerts:
    """What the resource says of the present, without what charts mark; pure."""
    judged_at = max((state.evaluated_at for state in states), default=None)
    judged = judged_at is not None and now - judged_at.timestamp() < ALIVE_SECONDS
    found = []
    for rule in rules:
        mine: list[State | None] = [state for state in states if state.rule == rule.id]
        found += [_rule(rule, state, quiet, now) for state in mine or [None]]
    return Alerts(
        judged=judged,
        judged_at=None if judged or judged_at is None else milliseconds(judged_at),
        rules=sorted(found, key=_worst),
        incidents=sorted(
            (_incident(one, quiet, now) for one in unresolved if one.kind != "canary" and not one.is_inhibited),
            key=_urgent,
        ),
        silences=[_silence(one) for one in quiet if one.starts_at.timestamp() <= now < one.ends_at.timestamp()],
        spans=[],
        policies=[],
        actions_off=None,
    )


_SEVERITIES = get_args(Severity)
_PHASES = ("firing", "pending", "inactive", "waiting")


def _worst(row: AlertRule) -> tuple[Any, ...]:
    healthy = row.health == "ok"
    return not row.tells, _PHASES.index(row.phase), healthy, _SEVERITIES.index(row.severity), row.rule, row.series


def _urgent(row: OpenIncident) -> tuple[Any, ...]:
    return row.status != "open", row.silenced_by is not None, _SEVERITIES.index(row.severity), -row.opened


def _rule(rule: Rule, state: State | None, quiet: Sequence[Silence], now: float) -> AlertRule:
    series = state.series if state else ""
    return AlertRule(
        rule=rule.id,
        series=series,
        title=rule.title,
        severity=rule.severity,
        metric=rule_metadata.metric(rule.definition),
        phase=state.phase if state else "waiting",
        health=state.health if state else "ok",
        silenced=first(quiet, rule.id, series, rule.severity, now) is not None,
        value=state.value if state else None,
        limits=rule_metadata.limits(rule.definition),
        unit=rule_metadata.unit(rule.definition),
        words=rule_metadata.words(rule.definition),
        since=milliseconds(state.since) if state else None,
        incident=state.incident_id if state else None,
        tells=bool(rule.definition.get("incident", True)),
    )


def _incident(one: Incident, quiet: Sequence[Silence], now: float) -> OpenIncident:
    mute = first(quiet, one.rule, one.series, one.severity, now)
    return OpenIncident(
        id=one.id,
        rule=one.rule,
        series=one.series,
        kind=one.kind,
        severity=one.severity,
        status="acknowledged" if one.status == "acknowledged" else "open",
        title=one.title,
        summary=one.summary,
        value=one.value,
        unit=one.unit,
        limit=one.limit_value,
        began=milliseconds(one.began_at),
        opened=milliseconds(one.opened_at),
        acknowledged_by=one.acknowledged_by,
        assignee=one.assignee,
        silenced_by=mute.owner if mute else None,
    )


def _silence(one: Silence) -> ActiveSilence:
    return ActiveSilence(
        id=one.id,
        rule=one.rule,
        series=one.series,
        exact_rule=one.exact_rule,
        exact_series=one.exact_series,
        severity=one.severity,
        owner=one.owner,
        reason=one.reason,
        ends=milliseconds(one.ends_at),
    )


def _span(row: dict[str, Any], rule: Rule | None) -> AlertSpan:
    return AlertSpan(
        incident=row["id"],
        rule=row["rule"],
        series=row["series"],
        metric=rule_metadata.metric(rule.definition) if rule else row["rule"],
        severity=row["severity"],
        title=row["title"],
        start=milliseconds(row["opened_at"]),
        end=milliseconds(row["resolved_at"]) if row["resolved_at"] else None,
    )
