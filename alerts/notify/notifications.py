"""Who is told now (A14): of the open incidents that nobody was told of, those that nothing mutes and no cause explains.

The pure decisions are `pipeline.mute`, `pipeline.inhibit` and `pipeline.group`; `sort` and `decide` put them together
into `Messages`, everything that is to be written, and `apply` writes it, in the evaluation's transaction.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from alerts.durations import seconds
from alerts.evaluate.dependencies import Source
from alerts.evaluate.evaluation import Key, SeriesChange
from alerts.evaluate.machine import State
from alerts.evaluate.ruleset import Rules
from alerts.notify import briefs
from alerts.notify.stages import group, inhibit
from alerts.notify.stages.group import Candidate, Plan, Telling
from alerts.notify.stages.inhibit import Cause, Waiting
from alerts.notify.stages.mute import muted
from core.alerting import incident_groups, incidents, judgements, outbox, unnotified
from core.alerting.incident import Incident, notice_of
from core.alerting.incident_groups import Member
from core.alerting.incidents import Line
from core.alerting.outbox import Intent
from core.alerting.silences import Silence
from core.alerting.unnotified import Unnotified
from core.config import Calendar
from core.db.engine import Connection


class NotificationContext(NamedTuple):
    """What deciding about messages needs: rules, silences in force, calendars, where the console answers, and the key
    that signs links by which receivers judge incidents (empty: no such links).
    """

    rules: Rules
    silences: list[Silence]
    windows: Mapping[str, Calendar]
    console_url: str
    judge_key: bytes = b""

    def judge(self, incident: str, now: float) -> str:
        """The address where an incident can be judged without logging in; '' where there is none."""
        if not self.judge_key or not self.console_url:
            return ""
        return f"{self.console_url}/login/judge/{judgements.token(self.judge_key, incident, now)}"


class Sorted(NamedTuple):
    """The incidents that nobody was told of: whom to tell of, why the others are muted, and what they follow from.

    A held one without a cause waits whether one is found out.
    """

    tell: list[Candidate]
    muted: dict[str, str]
    held: dict[str, Cause | None]


class Known(NamedTuple):
    """What the words of messages need: incidents spoken of, members of groups, the newest incident of a cause."""

    incidents: Mapping[str, Incident]
    members: Mapping[str, list[Member]]
    causes: Mapping[tuple[str, str], str | None]


class Messages(NamedTuple):
    """What is to be written: what incidents follow from, which groups they join, of which people are told, and how."""

    inhibited: dict[str, str]
    joined: dict[str, str]
    told: list[str]
    intents: list[Intent]
    lines: list[Line]


def tell(
    connection: Connection,
    changes: Sequence[SeriesChange],
    fresh: frozenset[str],
    around: NotificationContext,
    now: float,
    rule: str = "",
) -> None:
    """Tell people of what they should know now, of one rule or all. `fresh` were opened by this evaluation."""
    by_id = around.rules.by_id()
    open_ones = {incident for change in changes if change.rule is not None for incident in change.after.incidents}
    waiting = [one for one in unnotified.all_of_rules(connection) if one.id in open_ones and one.rule in by_id]
    waiting = [one for one in waiting if rule in ("", one.rule)]
    if not waiting:
        return
    found = sort(waiting, {change.key: change.after for change in changes}, around, now)
    plan = group.plan(found.tell, _live(connection), _terms(around.rules), now)
    known = _look_up(connection, found, plan)
    leads = [known.incidents[telling.lead] for telling in plan.tellings if telling.lead in telling.fresh]
    brief = briefs.short(connection, leads, around.windows, now)
    messages = decide(waiting, found, plan, known, fresh, around.rules, now)
    apply(connection, messages._replace(intents=[_completed(one, brief, around, now) for one in messages.intents]), now)


def decide(
    waiting: Sequence[Unnotified],
    found: Sorted,
    plan: Plan,
    known: Known,
    fresh: frozenset[str],
    rules: Rules,
    now: float,
) -> Messages:
    """Everything that is to be written for a plan, and for those whom people are not told of; pure."""
    inhibited = _inhibited(waiting, found, known)
    messages = Messages(
        {one: by for one, (_, by) in inhibited.items()},
        plan.joined,
        [one for telling in plan.tellings for one in telling.fresh],
        [],
        [Line(one, "muted", why) for one, why in found.muted.items() if one in fresh],
    )
    for one, (cause, by) in inhibited.items():
        where = f"{cause.rule} ({cause.series})" if cause.series else cause.rule
        words = f"it is caused by {where}, which was notified"
        messages.lines.append(Line(one, "inhibited", words, {"incident": by}))
    by_id = rules.by_id()
    for telling in plan.tellings:
        lead = known.incidents[telling.lead]
        channels = by_id[lead.rule].channels(lead.kind)
        together = [name for name in channels if name not in rules.apart] if telling.group else []
        messages.intents.extend(_together(lead, telling, together, plan, known, now))
        if not telling.group or telling.lead in telling.fresh:
            messages.intents.extend(_alone(lead, [name for name in channels if name not in together], now))
        messages.lines.extend(_said(telling, channels))
    for one in sorted(set(plan.joined) - {telling.lead for telling in plan.tellings if telling.group}):
        incident = known.incidents[one]
        channels = by_id[incident.rule].channels(incident.kind)
        messages.intents.extend(_alone(incident, [name for name in channels if name in rules.apart], now))
    return messages


def apply(connection: Connection, messages: Messages, now: float) -> None:
    """Outbox, groups, causes, `notified_at` and timelines."""
    unnotified.inhibit(connection, messages.inhibited)
    incident_groups.join(connection, messages.joined)
    unnotified.told(connection, messages.told, now)
    outbox.enqueue(connection, messages.intents)
    incidents.note_all(connection, messages.lines, now)


def sort(waiting: Sequence[Unnotified], states: Mapping[Key, State], around: NotificationContext, now: float) -> Sorted:
    """What becomes of each incident; pure."""
    found = Sorted([], {}, {})
    config, rules = around.rules.settings.inhibition, around.rules.by_id()
    terms = inhibit.InhibitRule(seconds(config.wait), seconds(config.grace))
    watched: dict[str, list[tuple[str, State]]] = {one.id: [] for one in around.rules.rules if one.config.watches}
    for (rule, series), state in states.items():
        if rule in watched:
            watched[rule].append((series, state))

    def known(source: Source) -> list[tuple[str, State]]:
        state = states.get((source.rule, source.series or ""))
        return [] if state is None else [(source.series or "", state)]

    for one in waiting:
        config_of = rules[one.rule].config
        why = muted(around.silences, config_of.quiet, around.windows, one.rule, one.series, one.severity, now)
        if why:
            found.muted[one.id] = why
            continue
        causes = [
            Cause(source.rule, series, state.phase, state.since, state.incident, rules[source.rule].timing.hold)
            for source in around.rules.dependencies.causes(one.rule, one.series)
            for series, state in (watched.get(source.rule, ()) if source.series is None else known(source))
        ]
        held = inhibit.held(
            Waiting(one.kind, one.opened_at.timestamp(), _over(one, states)),
            causes,
            config_of.inhibit == "missing" or (not config_of.inhibit and config_of.severity == "critical"),
            terms,
            now,
        )
        if held is None:
            key = (one.rule, one.kind, one.severity)
            found.tell.append(Candidate(one.id, key, one.opened_at.timestamp(), one.series, one.group_id or ""))
        else:
            found.held[one.id] = held.cause
    return found


def _over(one: Unnotified, states: Mapping[Key, State]) -> float | None:
    """When the cause that held an incident was over; None when none did."""
    if one.cause_rule is None or one.cause_series is None:
        return None
    state = states.get((one.cause_rule, one.cause_series))
    ends = [one.cause_resolved_at.timestamp()] if one.cause_resolved_at else []
    return max(ends + ([state.since] if state and state.phase == "inactive" else []), default=0.0)


def _live(connection: Connection) -> list[group.Group]:
    return [
        group.Group(
            one.id,
            (one.rule, one.kind, one.severity),
            one.told,
            one.messages,
            one.told_at.timestamp(),
            one.grew_at.timestamp(),
            one.takes,
        )
        for one in incident_groups.live(connection)
    ]


def _terms(rules: Rules) -> dict[str, group.GroupingPolicy | None]:
    return {rule.id: group.terms_of(rule.config, rules.settings.grouping) for rule in rules.rules}


def _look_up(connection: Connection, found: Sorted, plan: Plan) -> Known:
    spoken_of = dict.fromkeys([*plan.joined, *(one.lead for one in plan.tellings)])
    unknown = {(one.rule, one.series) for one in found.held.values() if one is not None and not one.incident}
    return Known(
        {one.id: one for one in unnotified.some(connection, list(spoken_of))},
        {
            one.lead: incident_groups.newest(connection, one.lead, group.MOST_NAMES)
            for one in plan.tellings
            if one.group and one.more
        },
        {key: unnotified.of_series(connection, *key) for key in unknown},
    )


def _inhibited(waiting: Sequence[Unnotified], found: Sorted, known: Known) -> dict[str, tuple[Cause, str]]:
    """Incidents that follow from another than was said so far: the cause, and its incident."""
    held: dict[str, tuple[Cause, str]] = {}
    for one in waiting:
        cause = found.held.get(one.id)
        if cause is not None:
            by = cause.incident or known.causes[cause.rule, cause.series] or ""
            if by and by != one.inhibited_by:
                held[one.id] = cause, by
    return held


def _completed(
    intent: Intent, brief: Mapping[str, list[tuple[str, str]]], around: NotificationContext, now: float
) -> Intent:
    """A message with the brief of its incident, and with the address where that can be judged."""
    incident = intent.notice.incident_id
    known = {"brief": brief.get(incident, []), "judge": around.judge(incident, now)}
    return intent._replace(notice=msgspec.structs.replace(intent.notice, **known))


def _alone(incident: Incident, channels: list[str], now: float) -> list[Intent]:
    """Messages that speak for one incident."""
    notice = notice_of(incident, "trigger", now)
    return [Intent(outbox.key(notice, name), name, notice) for name in channels]


def _together(
    lead: Incident, telling: Telling, channels: list[str], plan: Plan, known: Known, now: float
) -> list[Intent]:
    """The messages that speak for a group; later ones of it have keys of their own."""
    if not channels:
        return []
    follows = telling.lead not in telling.fresh
    notice = notice_of(lead, "trigger", now)
    notice = msgspec.structs.replace(notice, group=lead.id, more=telling.more, follows=follows)
    if telling.more:
        words = f"{notice.summary.rstrip()} {group.others(_names(lead.id, plan, known), telling.more)}"
        notice = msgspec.structs.replace(notice, summary=words, status="open")
    suffix = str(telling.more) if follows else ""
    return [Intent(outbox.key(notice, name, suffix), name, notice) for name in channels]


def _names(lead: str, plan: Plan, known: Known) -> list[str]:
    """The series of a group beside the first one's, those that join it now among them, the newest first."""
    joining = [known.incidents[one] for one, home in plan.joined.items() if home == lead != one]
    members = [*known.members[lead], *(Member(one.series, one.opened_at) for one in joining)]
    newest = sorted(members, key=lambda one: (-one.opened_at.timestamp(), one.series))
    return [one.series for one in newest[: group.MOST_NAMES]]


def _said(telling: Telling, channels: Sequence[str]) -> list[Line]:
    told = f"notified {', '.join(channels) or 'nobody: the rule has no channels'}"
    found = []
    for one in dict.fromkeys([telling.lead, *telling.fresh]):
        with_others = f" of this and {telling.more} more" if one == telling.lead else f" of this with {telling.lead}"
        details = {"channels": list(channels), **({"group": telling.lead} if telling.more else {})}
        found.append(Line(one, "notified", told + (with_others if telling.more else ""), details))
    return found
