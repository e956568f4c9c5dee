"""From the transitions of an evaluation to incidents, their timelines, messages and actions, in its transaction.

Rows first, the audit log last: people's changes lock in the same order.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from alerts.evaluate import OFF, Change
from alerts.machine import Transition
from alerts.pipeline.mute import muted
from alerts.ruleset import Rule
from core import durations
from core.config import Calendar
from core.events import Severity
from core.incident import Incident, Opening, notice_of
from core.silences import Silence
from core.store import action_runs, incidents
from core.store.action_runs import ActionIntent
from core.store.audit import Audit
from core.store.db import Connection

MISSING: dict[str, tuple[str, Severity]] = {
    "no_data": ("no data for {title}", "medium"),
    "error": ("{title} cannot be judged", "medium"),
}


class Surroundings(NamedTuple):
    """What deciding about messages needs: silences in force, calendars, and where the console answers."""

    silences: list[Silence]
    windows: Mapping[str, Calendar]
    console_url: str


class Opened(NamedTuple):
    """An incident that this evaluation opened."""

    opening: Opening
    rule: Rule


def write(
    connection: Connection,
    audit: Audit,
    changes: list[Change],
    untold: frozenset[str],
    around: Surroundings,
    now: float,
) -> list[Opened]:
    """Write what the changes mean; returns the opened incidents.

    `untold` are open incidents that nobody was told of yet: they are told as soon as nothing mutes them.
    """
    opened: list[Opened] = []
    records: list[tuple[str, str, dict[str, Any]]] = []
    for change in changes:
        for one in change.transitions:
            if change.rule is not None and not change.rule.config.incident:
                continue
            opening = _follow(connection, change, one, around, records)
            if opening is not None and change.rule is not None:
                opened.append(Opened(opening, change.rule))
    _tell_waiting(connection, changes, untold, around, now)
    _measure(connection, changes)
    for action, incident, after in records:
        audit.append(connection, incidents.SYSTEM, action, f"incident:{incident}", None, after, correlation_id=incident)
    return opened


def _follow(
    connection: Connection,
    change: Change,
    one: Transition,
    around: Surroundings,
    records: list[tuple[str, str, dict[str, Any]]],
) -> Opening | None:
    """One transition; what it changed is added to `records` for the audit log."""
    if one.what in ("fired", "missing") and change.rule is not None:
        opening = _opening(change, change.rule, one, around.console_url)
        if not incidents.open_incident(connection, opening):
            return None
        _tell(connection, change.rule, opening.id, opening.series, opening.severity, around, one.at)
        if one.what == "fired":
            _ask(connection, change, opening)
        records.append(("incident.open", opening.id, {"rule": opening.rule, "summary": opening.summary}))
        return opening
    if one.what in ("resolved", "found", "closed") and one.incident:
        reason = _ending(change, one)
        if incidents.recover(connection, one.incident, one.at, reason, change.after.value):
            records.append(("incident.resolve", one.incident, {"reason": reason}))
    elif one.what in ("changed", "flapping") and one.incident:
        incidents.note(connection, one.incident, one.at, one.what, incidents.SYSTEM, one.reason)
    return None


def _opening(change: Change, rule: Rule, one: Transition, console_url: str) -> Opening:
    config, series = rule.config, change.key[1]
    details = dict(change.reading.details) if change.reading else {}
    details |= {
        "kind": config.kind,
        "parameters": config.parameters,
        "link": f"{console_url}/alerts/incidents/{one.incident}",
    }
    page = config.runbook or rule.id
    details["runbook"] = page if "://" in page else f"{console_url}/alerts/runbooks/{page}"
    if config.words:
        details["words"] = config.words
    if config.hold:
        details["for"] = durations.text(rule.timing.hold)
    title, severity, summary = config.title, config.severity, summary_of(change, rule)
    if one.kind in MISSING:
        text, severity = MISSING[one.kind]
        title = text.format(title=config.title)
        lasting = durations.text(rule.timing.no_data_after)
        summary = f"{title} for {lasting}: {one.reason}. The alert itself can neither fire nor resolve meanwhile."
    else:
        summary += "".join(f" ({what.reason})" for what in change.transitions if what.what == "flapping")
    return Opening(
        id=one.incident,
        rule=rule.id,
        series=series,
        kind=one.kind,
        severity=severity,
        title=f"{title} ({series})" if series else title,
        summary=summary,
        began_at=change.after.began if one.what == "fired" else one.at - change.after.unseen,
        opened_at=one.at,
        value=change.after.value,
        limit=change.verdict.limit,
        unit=config.unit,
        details=details,
    )


def opened_again(found: list[Incident], rules: Mapping[str, Rule]) -> list[Opened]:
    """Incidents that are there, as when they were opened."""
    return [
        Opened(
            Opening(
                one.id,
                one.rule,
                one.series,
                one.kind,
                one.severity,
                one.title,
                one.summary,
                one.began_at.timestamp(),
                one.opened_at.timestamp(),
            ),
            rules[one.rule],
        )
        for one in found
        if one.rule in rules
    ]


def summary_of(change: Change, rule: Rule) -> str:
    """The rule's summary with its facts filled in, a dash for an unknown one; a template that does not fit stays as it
    is."""
    facts: dict[str, Any] = {
        **(change.reading.details if change.reading else {}),
        "series": change.key[1],
        "value": change.after.value if change.after.value is not None else float("nan"),
        "limit": change.verdict.limit if change.verdict.limit is not None else float("nan"),
        "unit": rule.config.unit,
        "n": change.reading.n if change.reading else 0,
    }
    try:
        return rule.config.summary.format_map(defaultdict(lambda: "–", facts))
    except (ValueError, IndexError, TypeError):
        return rule.config.summary


def _ask(connection: Connection, change: Change, opening: Opening) -> None:
    rule = change.rule
    if rule is None or not rule.actions:
        return
    facts: dict[str, Any] = {
        "rule": opening.rule,
        "series": opening.series,
        "severity": opening.severity,
        "value": opening.value,
    }
    facts |= {"summary": opening.summary, "details": dict(change.reading.details) if change.reading else {}}
    intents = [ActionIntent(f"{opening.id}/{name}", opening.id, name, mode, facts) for name, mode in rule.actions]
    action_runs.request(connection, intents, opening.opened_at, incidents.SYSTEM)


def _tell(
    connection: Connection, rule: Rule, incident: str, series: str, severity: Severity, around: Surroundings, now: float
) -> None:
    """Tell the rule's channels, unless something mutes; then say so on the timeline."""
    why = muted(around.silences, rule.config.quiet, around.windows, rule.id, series, severity, now)
    if why:
        incidents.note(connection, incident, now, "muted", incidents.SYSTEM, why)
        return
    notice = notice_of(incidents.get(connection, incident), "trigger", now)
    incidents.notify(connection, notice, rule.config.channels)


def _tell_waiting(
    connection: Connection, changes: list[Change], untold: frozenset[str], around: Surroundings, now: float
) -> None:
    for change in changes:
        rule, state = change.rule, change.after
        for incident in state.incidents:
            if incident not in untold or rule is None:
                continue
            row = incidents.get(connection, incident)
            if row.status == "open" and not muted(
                around.silences, rule.config.quiet, around.windows, rule.id, row.series, row.severity, now
            ):
                _tell(connection, rule, incident, row.series, row.severity, around, now)


def _measure(connection: Connection, changes: list[Change]) -> None:
    incidents.measure(
        connection,
        [
            (change.after.incident, change.after.value, change.after.peak)
            for change in changes
            if change.after.incident
            and change.before.incident == change.after.incident
            and change.after.value is not None
            and (change.after.value, change.after.peak) != (change.before.value, change.before.peak)
        ],
    )


def _ending(change: Change, one: Transition) -> str:
    if one.what == "found":
        return "data is there again"
    if one.what == "closed":
        return f"closed: {one.reason}"
    if one.reason == OFF:
        return "its hours are over"
    value = change.after.value
    unit = change.rule.config.unit if change.rule else ""
    return f"recovered: {value:g} {unit}" if value is not None and unit else "recovered"
