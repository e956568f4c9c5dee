"""What is on now, as tables: what fires, what follows from it, what is pending or silenced, and the rules."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from dash import html

from console import incident_parts, markup
from console.attributes import attributes
from console.pages.alert_view import Overview, RuleRow
from console.pages.paging import page_of
from console.pages.status_style import look
from console.panel import Column
from console.rule_format import limited, measured
from console.table import act, table, when
from core.alerting.incident import Incident
from core.alerting.silences import Silence


class Place(NamedTuple):
    """Where a list stands: the prefix, the query of its address, the page of it, and whether buttons are shown."""

    prefix: str
    query: dict[str, str]
    number: str
    operates: bool


FIRING = (
    Column("severity", "Severity", "state", "110px"), Column("what", "Alert", "what"), Column("value", "Value", "mono"),
    Column("limit", "Limit", "mono"), Column("for", "For", "counted"), Column("hand", "Acknowledged", "chips"),
    Column("act", "", "act", "118px"),
)  # fmt: skip
INHIBITED = (
    Column("severity", "Severity", "state", "110px"), Column("what", "Alert", "what"), Column("for", "For", "counted"),
    Column("cause", "Cause", "page"),
)  # fmt: skip
PENDING = (
    Column("severity", "Severity", "state", "110px"), Column("rule", "Rule", "what"), Column("value", "Value", "mono"),
    Column("limit", "Limit", "mono"), Column("for", "For", "counted"), Column("fires", "Fires after"),
)  # fmt: skip
SILENCED = (
    Column("severity", "Severity", "state", "110px"), Column("what", "Alert", "what"), Column("value", "Value", "mono"),
    Column("for", "For", "counted"), Column("by", "Silenced by"), Column("reason", "Reason", "long"),
    Column("until", "Until", "counted"),
)  # fmt: skip
RULES = (
    Column("state", "State", "state"), Column("rule", "Rule", "what"), Column("severity", "Severity", "state"),
    Column("value", "Value", "mono"), Column("limit", "Limit", "mono"), Column("for", "For"),
    Column("tells", "Notifies", "long"), Column("does", "Actions", "long"), Column("since", "Since", "time"),
    Column("links", "", "links", "178px"),
)  # fmt: skip


def firing(seen: Overview, place: Place) -> list[Any]:
    """What fires, and below it what follows from that or is about to."""
    empty = "No alerts are firing. Resolved incidents are under History."
    note = "most severe first; acknowledged last"
    return [
        _paged("firing", "Firing", FIRING, seen.firing, _firing, place, empty, note),
        html.Div([_inhibited(seen.inhibited)] if seen.inhibited else [], id="inhibited-place"),
        html.Div([pending(seen, place)] if seen.pending else [], id="pending-place"),
    ]


def _firing(one: Incident, place: Place) -> list[Any]:
    take = act("Acknowledge", f"{place.prefix}{incident_parts.address(one.id)}/acknowledge")
    return [
        one.id, _state(one.severity), incident_parts.what(one, one.summary),
        measured(one.value, one.unit, one.details), limited(one.limit_value, one.unit, one.details),
        _since(one.began_at), _hands(one), take if place.operates and one.status == "open" else None,
    ]  # fmt: skip


def _hands(one: Incident) -> list[list[str]]:
    """Who has it in hand, and for whom it is meant."""
    held = look("acknowledged")
    if one.status == "acknowledged":
        found = [[held.role, held.icon, str(one.acknowledged_by)]]
    elif one.escalated_at:
        loud = look("open")
        found = [[loud.role, loud.icon, "escalated"]]
    else:
        found = [["", "", "no"]]
    return [*found, ["", "person", f"for {one.assignee}"]] if one.assignee else found


def _inhibited(found: Sequence[Incident]) -> html.Section:
    rows = [
        [
            one.id, _state(one.severity), incident_parts.what(one, one.summary), _since(one.began_at),
            [one.inhibited_by, incident_parts.address(str(one.inhibited_by))],
        ]
        for one in found
    ]  # fmt: skip
    note = "notifications suppressed while the cause is firing"
    return table("inhibited", "Caused by another alert", INHIBITED, rows, "", note=note, whole=False)


def pending(seen: Overview, place: Place) -> html.Section:
    """Series whose condition holds, though not yet for long enough."""
    empty = "No rules are pending. A rule is pending while its condition holds but not yet for its hold time."
    note = "past the limit, hold time not yet over"
    return _paged("pending", "Pending", PENDING, seen.pending, _pending, place, empty, note)


def _pending(row: RuleRow, place: Place) -> list[Any]:
    to = f"alerts?tab=rules#rule-{quote(row.rule.id, safe='')}"
    muted = f"silenced by {row.muted.owner}" if row.muted else ""
    series = row.state.series if row.state else ""
    return [
        quote(row.key, safe=""), _state(row.rule.severity), [row.rule.title, to, series, muted], row.value, row.limit,
        _since(row.state.since if row.state else None), row.hold,
    ]  # fmt: skip


def silenced(seen: Overview, place: Place) -> html.Section:
    """Firing, with notifications muted."""
    empty = f"No firing alerts are silenced. Active silences: {len(seen.in_force)}."
    tools = [markup.way("Silences", f"{place.prefix}alerts/silences", "bell-slash")]
    note = "firing, notifications muted"
    return _paged("silenced", "Silenced", SILENCED, seen.silenced, _silenced, place, empty, note, tools)


def _silenced(found: tuple[Incident, Silence], place: Place) -> list[Any]:
    one, mute = found
    return [
        one.id, _state(one.severity), incident_parts.what(one, one.summary),
        measured(one.value, one.unit, one.details), _since(one.began_at), mute.owner, mute.reason,
        [when(mute.ends_at), "until"],
    ]  # fmt: skip


def rules(seen: Overview, place: Place) -> html.Section:
    """Every rule with its series, as the worker loaded them."""
    empty = "No rule is loaded. The alert worker loads config/rules.toml when it starts."
    note = "as loaded from config/rules.toml"
    return _paged("rules", "Rules", RULES, seen.rules, _rule, place, empty, note)


def _rule(row: RuleRow, place: Place) -> list[Any]:
    rule, state = row.rule, row.state
    to = incident_parts.address(state.incident_id) if state and state.incident_id else ""
    anchor = f"rule-{rule.id}" if row.leads else ""
    links = [["Runbook", f"alerts/runbooks/{quote(row.runbook, safe='')}", f"What to do when {rule.title} fires"]]
    if place.operates:
        silence = incident_parts.silencing(rule.id, state.series if state else None)
        links.append(["Silence", silence, f"Silence {rule.title}"])
    return [
        quote(row.key, safe=""), _state(row.word),
        [rule.title, to, state.series if state else "", f"{rule.id} · {row.kind}", anchor],
        _state(rule.severity), row.value, row.limit, row.hold, ", ".join(row.channels), ", ".join(row.actions),
        when(state.since) if state else None, links,
    ]  # fmt: skip


def _state(key: str) -> list[str]:
    return [*look(key), ""]


def _since(at: Any) -> list[Any] | None:
    return None if at is None else [when(at), "since"]


def _paged(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Any],
    row: Callable[[Any, Place], list[Any]],
    place: Place,
    empty: str,
    note: str,
    tools: Sequence[Any] = (),
) -> html.Section:
    """A table of a list that comes in pages; what is whole has its own search and CSV."""
    shown = page_of(rows, place.number)
    pager = [] if shown.pages == 1 else [_pager(name, shown, place)]
    cells = [row(one, place) for one in shown.rows]
    return table(
        name, title, columns, cells, empty, note=note, tools=tools, below=pager, whole=shown.pages == 1 and bool(rows)
    )


def _pager(name: str, shown: Any, place: Place) -> html.Nav:
    def way(words: str, number: int) -> html.A:
        return markup.way(words, f"{place.prefix}alerts?{urlencode({**place.query, 'page': number})}")

    told = html.Span(f"{shown.first:,} to {shown.last:,} of {shown.total:,}")
    before = [way("Previous", shown.number - 1)] if shown.number > 1 else []
    after = [way("Next", shown.number + 1)] if shown.number < shown.pages else []
    known = attributes({"aria-label": "Pages of this list"})
    return html.Nav([told, *before, *after], className="more pager", id=f"{name}-pages", **known)
