"""Everything that the page of an incident shows, read at once; and its chart."""

from dataclasses import dataclass
from typing import Any

from flask import abort

from console.auth.context import AuthContext
from console.figures import incident as figure
from core import clock, codec
from core.alerting import alert_reads, evaluation_log, judgements, rule_metadata, silences
from core.alerting import silence_store as stored
from core.alerting.alert_reads import Filter, Rule
from core.alerting.brief import read as brief
from core.alerting.brief.facts import Facts
from core.alerting.incident import Incident
from core.alerting.judgement import Said
from core.alerting.silences import Silence
from core.identity import users
from core.monitoring.alerts import PolicyChange

SHORTEST, BEFORE, AFTER = 300.0, 1800.0, 900.0  # seconds around an incident that its chart shows
LONGEST = 86_400.0
RELATED = 20
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """An incident with all that has to do with it."""

    one: Incident
    rule: Rule | None
    mute: Silence | None
    people: list[str]
    chart: str
    facts: Facts
    judged: Said | None
    events: Rows
    deliveries: Rows
    runs: Rows
    related: list[Incident]
    earlier: list[Incident]
    cause: Incident | None
    together: list[Any]
    following: list[Any]
    counts: dict[str, int]
    links: Rows
    security: Rows

    @property
    def definition(self) -> Any:
        """Of its rule, or what the incident itself says where the rule is gone."""
        return self.rule.definition if self.rule else self.one.details

    @property
    def escalates(self) -> list[str]:
        """Whom an escalation wakes."""
        return list(self.definition.get("escalate") or [])

    @property
    def is_over(self) -> bool:
        """Whether it is resolved."""
        return self.one.status == "resolved"


def read(auth: AuthContext, number: str, now: float) -> Shown:
    """The incident; 404 when there is none."""
    with auth.database.transaction() as connection:
        one = alert_reads.incident(connection, number) if "\0" not in number else None
        if one is None:
            abort(404, "This incident does not exist.")
        rule = next((rule for rule in alert_reads.rules(connection) if rule.id == one.rule), None)
        return Shown(
            one=one,
            rule=rule,
            mute=silences.first(stored.in_force(connection, now), one.rule, one.series, one.severity, now),
            people=[user.name for user in users.listing(connection) if user.disabled_at is None],
            chart=_chart(connection, one, rule, now),
            judged=judgements.of(connection, one.id),
            facts=brief.facts(connection, one, rule.definition if rule else {}, auth.settings.config.windows, now),
            **_rest(connection, one),
        )


def _rest(connection: Any, one: Incident) -> dict[str, Any]:
    """Timeline, messages, actions with what they produced, and what has to do with it."""
    artefacts = alert_reads.of(connection, "artefacts", id=one.id)
    runs = alert_reads.of(connection, "actions", id=one.id)
    same = alert_reads.incidents(connection, Filter(correlation_id=one.correlation_id), most=RELATED)
    return {
        "events": alert_reads.of(connection, "events", id=one.id)[::-1],
        "deliveries": alert_reads.of(connection, "deliveries", id=one.id)[::-1],
        "runs": [{**run, "artefacts": [a for a in artefacts if a["run_id"] == run["id"]]} for run in runs],
        "related": [other for other in same if other.id != one.id],
        "earlier": alert_reads.incidents(connection, Filter(rule=one.rule), (one.opened_at, one.id), 5),
        "cause": alert_reads.incident(connection, one.inhibited_by) if one.inhibited_by else None,
        "together": alert_reads.listed_with(connection, "together", id=one.id, group=one.group_id, most=RELATED),
        "following": alert_reads.listed_with(connection, "following", id=one.id, most=RELATED),
        "counts": alert_reads.of(connection, "group_counts", id=one.id, group=one.group_id)[0],
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
