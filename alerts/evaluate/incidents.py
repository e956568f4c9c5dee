"""From the transitions of an evaluation to incidents, their timelines and actions: decided first, then applied.

`decide` is pure and says everything that is to be written; `apply` writes it, in the evaluation's transaction, all rows
of a kind in one statement, however many incidents there are. The audit log comes last (`keep`), after the messages:
people's changes lock in the same order.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from alerts import durations
from alerts.evaluate import summary_template
from alerts.evaluate.evaluation import OFF, SeriesChange
from alerts.evaluate.machine import Transition
from alerts.evaluate.ruleset import Rule
from core.alerting import action_runs, incidents
from core.alerting.action_runs import ActionIntent
from core.alerting.incident import Incident, Opening
from core.alerting.incidents import Ending, Line
from core.audit.chain import Audit
from core.db.engine import Connection
from core.events.base import Severity

MOST_RECORDS = 20  # of one rule and evaluation, in the audit log
MISSING: dict[str, tuple[str, Severity]] = {
    "no_data": ("no data for {title}", "medium"),
    "error": ("{title} cannot be evaluated", "medium"),
}


class Opened(NamedTuple):
    """An incident that this evaluation opened."""

    opening: Opening
    rule: Rule


class Record(NamedTuple):
    """What the audit log says of an incident."""

    action: str
    incident: str
    rule: str
    words: str


class Measured(NamedTuple):
    """The present and the worst value of an open incident."""

    incident: str
    value: float | None
    peak: float | None


class Decision(NamedTuple):
    """What an evaluation comes to for incidents. `asked`: the actions of those that turn out to be new."""

    opened: list[Opened]
    asked: dict[str, list[ActionIntent]]
    ended: list[Ending]
    lines: list[Line]
    measured: list[Measured]


class Written(NamedTuple):
    """The incidents that were opened, and what the audit log is to say."""

    opened: list[Opened]
    records: list[Record]


def write(connection: Connection, changes: Sequence[SeriesChange], console_url: str, now: float) -> Written:
    """Write what the changes mean; nobody is told yet, and the audit log has yet to `keep` the records."""
    return apply(connection, decide(changes, console_url), now)


def decide(changes: Iterable[SeriesChange], console_url: str) -> Decision:
    """What the changes mean for incidents: to open (with their actions), to end, lines of timelines, values."""
    found = Decision([], {}, [], [], [])
    for change in changes:
        if (measured := _measured(change)) is not None:
            found.measured.append(measured)
        rule = change.rule
        if rule is not None and not rule.config.incident:
            continue
        for one in change.transitions:
            if one.what in ("fired", "missing") and rule is not None:
                opening = _opening(change, rule, one, console_url)
                found.opened.append(Opened(opening, rule))
                if one.what == "fired":
                    found.asked[opening.id] = _asked(change, opening, rule)
            elif one.what in ("resolved", "found", "closed") and one.incident:
                found.ended.append(Ending(one.incident, _ending(change, one), change.after.value))
            elif one.what in ("changed", "flapping") and one.incident:
                found.lines.append(Line(one.incident, one.what, one.reason))
    return found


def apply(connection: Connection, decision: Decision, now: float) -> Written:
    """Write a decision. An incident that is there already, or over already, is neither opened nor ended again."""
    fresh = incidents.open_all(connection, [one.opening for one in decision.opened])
    opened = [one for one in decision.opened if one.opening.id in fresh]
    asked = [intent for one in opened for intent in decision.asked.get(one.opening.id, ())]
    action_runs.request(connection, asked, now, incidents.SYSTEM)
    ended = incidents.recover_all(connection, decision.ended, now)
    incidents.note_all(connection, decision.lines, now)
    incidents.measure(connection, list(decision.measured))
    return Written(opened, _records(opened, [one for one in decision.ended if one.id in ended]))


def _opening(change: SeriesChange, rule: Rule, one: Transition, console_url: str) -> Opening:
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
        summary = f"{title} for {lasting}: {one.reason}. The alert can neither fire nor resolve until this is fixed."
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


def find_reopened(found: list[Incident], rules: Mapping[str, Rule]) -> list[Opened]:
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


def summary_of(change: SeriesChange, rule: Rule) -> str:
    """The rule's summary with its facts filled in, a dash for an unknown one."""
    facts: dict[str, Any] = {
        **(change.reading.details if change.reading else {}),
        "series": change.key[1],
        "value": change.after.value,
        "limit": change.verdict.limit,
        "unit": rule.config.unit,
        "n": change.reading.n if change.reading else 0,
    }
    return summary_template.fill(rule.config.summary, facts)


def _asked(change: SeriesChange, opening: Opening, rule: Rule) -> list[ActionIntent]:
    facts: dict[str, Any] = {
        "rule": opening.rule,
        "series": opening.series,
        "severity": opening.severity,
        "value": opening.value,
    }
    facts |= {"summary": opening.summary, "details": dict(change.reading.details) if change.reading else {}}
    return [ActionIntent(f"{opening.id}/{name}", opening.id, name, mode, facts) for name, mode in rule.actions]


def _records(opened: Iterable[Opened], ended: Iterable[Ending]) -> list[Record]:
    return [
        *(Record("incident.open", one.opening.id, one.opening.rule, one.opening.summary) for one in opened),
        *(Record("incident.resolve", one.id, one.id.rpartition("-")[0], one.reason) for one in ended),
    ]


def keep(connection: Connection, audit: Audit, records: Sequence[Record]) -> None:
    """Into the audit log: a row for each incident; in a storm one for all of a rule, since rows are chained."""
    kept: dict[tuple[str, str], list[Record]] = {}
    for one in records:
        kept.setdefault((one.action, one.rule), []).append(one)
    for (action, rule), found in kept.items():
        if len(found) > MOST_RECORDS:
            after = {"rule": rule, "count": len(found), "incidents": [one.incident for one in found]}
            audit.append(connection, incidents.SYSTEM, action, f"rule:{rule}", None, after)
            continue
        for one in found:
            words = {"rule": rule, "summary": one.words} if action == "incident.open" else {"reason": one.words}
            audit.append(
                connection,
                incidents.SYSTEM,
                action,
                f"incident:{one.incident}",
                None,
                words,
                correlation_id=one.incident,
            )


def _measured(change: SeriesChange) -> Measured | None:
    """The values of an incident that was open before, where they are others now."""
    before, after = change.before, change.after
    if not after.incident or before.incident != after.incident or after.value is None:
        return None
    if (after.value, after.peak) == (before.value, before.peak):
        return None
    return Measured(after.incident, after.value, after.peak)


def _ending(change: SeriesChange, one: Transition) -> str:
    if one.what == "found":
        return "data is available again"
    if one.what == "closed":
        return f"closed: {one.reason}"
    if one.reason == OFF:
        return "its calendar window ended"
    value = change.after.value
    unit = change.rule.config.unit if change.rule else ""
    return f"recovered: {value:g} {unit}" if value is not None and unit else "recovered"
