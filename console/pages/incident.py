"""One incident: how bad, since when, against which limit; its chart, timeline, messages and actions; what people do."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, g, request

from console import evaluation_log, format
from console.audit_diff import difference
from console.auth.context import Door
from console.figures import incident as figure
from console.figures.template import template
from console.format import sentence
from console.pages import alert_view, sandbox, status_style
from console.pages.partial_rendering import answers_inline, show_live
from core import clock, codec
from core.alerting import action_runs, alert_reads, incidents, rule_metadata, silences
from core.alerting import silence_store as stored
from core.alerting.acknowledge_all import acknowledge_all
from core.alerting.alert_reads import Filter, Rule
from core.alerting.incident import Incident
from core.errors import BadInput
from core.identity import users
from core.monitoring.alerts import PolicyChange

SHORTEST, BEFORE, AFTER = 300.0, 1800.0, 900.0  # seconds around an incident that its chart shows
LONGEST = 86_400.0
RELATED = 20
DONE = {
    "acknowledge": "You have it in hand; nobody is woken further.",
    "acknowledge-all": "You have all of them in hand; nobody is woken further.",
    "resolve": "The incident is resolved.",
    "assign": "It is assigned.",
    "escalate": "Further people are being told.",
    "comment": "Your comment is on the timeline.",
    "approve": "Approved; a worker applies it within its bounds.",
    "refuse": "Refused; nothing is applied.",
    "revert": "A worker reverts it now.",
}
Change = Callable[[Any, str, float], object]


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>alerts/incidents/<id>`, its actions, and what its actions produced."""
    root = f"{door.prefix}alerts/incidents/<incident_id>"

    @server.get(root, endpoint="incident")
    def page(incident_id: str) -> Response:
        return _page(door, incident_id)

    def change(path: str, make: Callable[[str], Change]) -> None:
        """A change of one incident that ends on its page; a refusal says why, and keeps what was typed."""

        @server.post(f"{root}/{path}", endpoint=f"incident_{path}")
        def act(incident_id: str) -> Response:
            return _change(door, incident_id, path, make(incident_id))

    audit = door.audit
    change("acknowledge", lambda one: lambda c, who, at: incidents.acknowledge(c, audit, one, who, at))
    change("acknowledge-all", lambda one: lambda c, who, at: acknowledge_all(c, audit, one, who, at))
    change("resolve", lambda one: lambda c, who, at: incidents.resolve(c, audit, one, who, at, _text("text")))
    change("comment", lambda one: lambda c, who, at: incidents.comment(c, audit, one, who, at, _text("text")))
    change("assign", lambda one: lambda c, who, at: incidents.assign(c, audit, one, who, at, _assignee(c)))
    change("escalate", lambda one: lambda c, who, at: _escalate(c, door, one, who, at))

    def decide(path: str, make: Callable[[int], Change]) -> None:
        """A decision about an action of the incident."""

        @server.post(f"{root}/actions/<int:run_id>/{path}", endpoint=f"action_{path}")
        def act(incident_id: str, run_id: int) -> Response:
            return _change(door, incident_id, path, lambda c, who, at: _own(c, incident_id, run_id, make)(c, who, at))

    decide("approve", lambda run: lambda c, who, at: action_runs.approve(c, audit, run, who, at))
    decide("refuse", lambda run: lambda c, who, at: action_runs.refuse(c, audit, run, who, _text("reason"), at))
    decide("revert", lambda run: lambda c, who, at: action_runs.revert(c, audit, run, who, at))

    @server.get(f"{root}/artefacts/<int:run_id>/<path:name>", endpoint="artefact")
    def artefact(incident_id: str, run_id: int, name: str) -> Response:
        with door.database.transaction() as connection:
            found = alert_reads.of(connection, "artefact", run_id=run_id, name=name, incident_id=incident_id)
        if not found:
            abort(404, "There is no such artefact.")
        return sandbox.contained(bytes(found[0]["body"]), found[0]["content_type"])


def _change(door: Door, incident_id: str, done: str, does: Change) -> Response:
    try:
        with door.database.transaction() as connection:
            does(connection, g.session.user, clock.now())
    except incidents.NoIncident:
        abort(404, "There is no such incident.")
    except BadInput as error:
        field = error.field.removeprefix("$.")
        return _page(door, incident_id, 400, wrong={field: sentence(error.reason)})
    except incidents.IsResolved as error:
        return _page(door, incident_id, 409, wrong={"state": f"{error}."})
    place = f"{door.prefix}alerts/incidents/{incident_id}"
    return answers_inline(f"{place}?done={done}", {"done": done})


def _page(door: Door, incident_id: str, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    now = clock.now()
    with door.database.transaction() as connection:
        one = alert_reads.incident(connection, incident_id) if "\0" not in incident_id else None
        if one is None:
            abort(404, "There is no such incident.")
        rule = next((rule for rule in alert_reads.rules(connection) if rule.id == one.rule), None)
        values = _rest(connection, one, now)
        chart = _chart(connection, one, rule, now)
        people = [user.name for user in users.listing(connection) if user.disabled_at is None]
        mute = silences.first(stored.in_force(connection, now), one.rule, one.series, one.severity, now)
    definition = rule.definition if rule else one.details
    return show_live(
        door, "incident.html", "alerts", status, now=clock.to_datetime(now), one=one, rule=rule, mute=mute,
        runbook=rule_metadata.runbook(definition, one.rule), escalates=list(definition.get("escalate") or []),
        sign=_sign(definition, one), people=people, wrong=wrong or {}, typed=request.form, chart=chart,
        plotly_template=codec.encode(template()).decode(), icons=status_style.EVENTS, outcome=alert_view.outcome,
        difference=difference, size=format.size,
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip


def _rest(connection: Any, one: Incident, now: float) -> dict[str, Any]:
    """Timeline, messages, actions with what they produced, and what has to do with it."""
    artefacts = alert_reads.of(connection, "artefacts", id=one.id)
    runs = alert_reads.of(connection, "actions", id=one.id)
    same = alert_reads.incidents(connection, Filter(correlation_id=one.correlation_id), most=RELATED)
    before = alert_reads.incidents(connection, Filter(rule=one.rule), (one.opened_at, one.id), 5)
    return {
        "events": alert_reads.of(connection, "events", id=one.id)[::-1],
        "deliveries": alert_reads.of(connection, "deliveries", id=one.id)[::-1],
        "runs": [{**run, "artefacts": [a for a in artefacts if a["run_id"] == run["id"]]} for run in runs],
        "related": [other for other in same if other.id != one.id],
        "earlier": before,
        "cause": alert_reads.incident(connection, one.inhibited_by) if one.inhibited_by else None,
        "together": alert_reads.listed_with(connection, "together", id=one.id, group=one.group_id, most=RELATED),
        "following": alert_reads.listed_with(connection, "following", id=one.id, most=RELATED),
        **alert_reads.of(connection, "group_counts", id=one.id, group=one.group_id)[0],
        "links": alert_reads.of(connection, "links", id=one.id),
        "security": alert_reads.of(
            connection,
            "security",
            correlation_id=one.correlation_id,
            start=clock.to_datetime(one.began_at.timestamp() - LONGEST),
            most=RELATED,
        ),
    }


def _chart(connection: Any, one: Incident, rule: Rule | None, now: float) -> str:
    """The figure as JSON; empty when nothing of it is recorded any more."""
    end = min(now, (one.resolved_at.timestamp() + AFTER) if one.resolved_at else now)
    began = one.began_at.timestamp()
    start = max(began - min(BEFORE, max(SHORTEST, end - began)), end - LONGEST)
    points = evaluation_log.values(connection, one.rule, one.series, start, end)
    if not any(value is not None for _, value in points):
        return ""
    events = alert_reads.of(connection, "events", id=one.id)
    start = max(start, points[0][0])
    limits = limits_of(rule.definition if rule else {}, one.limit_value)
    span = {"start": clock.to_datetime(start), "end": clock.to_datetime(end)}
    policies = [
        PolicyChange(t=round(row.pop("created_at").timestamp() * 1000), **row)
        for row in alert_reads.of(connection, "policies", most=10, **span)
    ]
    return codec.encode(figure.draw(figure.Story(one, points, limits, events, policies, start, end))).decode()


def limits_of(definition: Any, own: float | None) -> list[tuple[str, float]]:
    """The lines of the chart: limits of the rule, or that of the incident where a rule counts something (attempts)."""
    return rule_metadata.limits(definition) or ([("", own)] if own is not None else [])


def _sign(definition: Any, one: Incident) -> str:
    found = [sign for sign, value in rule_metadata.limits(definition) if value == one.limit_value]
    return found[0] if found else ""


def _own(connection: Any, incident_id: str, run_id: int, make: Callable[[int], Change]) -> Change:
    """The change, if the run is the incident's."""
    run = action_runs.one(connection, run_id)
    if run is None or run.incident_id != incident_id:
        raise BadInput("$.id", "there is no such action of this incident")
    return make(run_id)


def _escalate(connection: Any, door: Door, incident_id: str, who: str, at: float) -> None:
    reason = _text("reason")
    if not reason.strip():
        raise BadInput("$.reason", "say why; those who are woken will read it")
    one = alert_reads.incident(connection, incident_id)
    rule = next((rule for rule in alert_reads.rules(connection) if one and rule.id == one.rule), None)
    channels = list(rule.definition.get("escalate") or []) if rule else []
    incidents.escalate(connection, door.audit, incident_id, who, at, channels, reason.strip())


def _assignee(connection: Any) -> str:
    name = _text("assignee")
    if name and all(user.name != name or user.disabled_at for user in users.listing(connection)):
        raise BadInput("$.assignee", "there is no such open account")
    return name


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")[:5000]
