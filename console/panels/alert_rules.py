"""A5, A6: every rule with its state, value against its limit and since when; a row opens its incident, or its rule."""

from typing import Any

from console import format, rule_format
from console.panel import Column, Panel, Slot, empty
from core.monitoring.alerts import AlertRule, Alerts

COLUMNS = (
    Column("state", "State", "alert", "112px"),
    Column("rule", "Rule", "page"),
    Column("value", "Value", "text", "84px"),
    Column("limit", "Limit", "text", "84px"),
    Column("since", "Since", "time", "84px"),
)


def draw(alerts: Alerts) -> dict[str, Any]:
    """Slot `rows`, the worst first."""
    if not alerts.rules:
        return {"rows": empty("No rule is loaded. The alert worker loads config/rules.toml when it starts.")}
    acknowledged = {one.id for one in alerts.incidents if one.status == "acknowledged"}
    rows = [
        [
            f"{rule.rule}/{rule.series}",
            state(rule, rule.incident in acknowledged),
            [_named(rule), _page(rule)],
            rule_format.measured(rule.value, rule.unit, {"words": rule.words}),
            _limits(rule) or format.NONE,
            rule.since,
        ]
        for rule in alerts.rules
    ]
    phases = [rule.phase for rule in alerts.rules if rule.tells]
    firing, pending = phases.count("firing"), phases.count("pending")
    counted = f"{firing} firing · {pending} pending · {len(phases) - firing - pending} OK"
    note = counted if alerts.judged else "not being evaluated"
    return {"rows": {"rows": rows}, "note": note}


def state(rule: AlertRule, acknowledged: bool) -> str:
    """The word that stands for a rule: what a person should know first."""
    if not rule.tells:
        return "inactive"
    if rule.phase in ("firing", "pending") and rule.silenced:
        return "silenced"
    if rule.phase == "firing":
        return "acknowledged" if acknowledged else "firing"
    return rule.phase if rule.health == "ok" else rule.health


def _limits(rule: AlertRule) -> str:
    return " ".join(rule_format.limited(limit, rule.unit, {"words": rule.words}, sign) for sign, limit in rule.limits)


def _named(rule: AlertRule) -> str:
    return f"{rule.title} · {rule.series}" if rule.series else rule.title


def _page(rule: AlertRule) -> str:
    return f"alerts/incidents/{rule.incident}" if rule.incident else f"alerts?tab=rules#rule-{rule.rule}"


PANEL = Panel(
    name="alert_rules",
    title="Alert rules",
    section="security",
    order=1,
    width=5,
    parts=("alerts",),
    slots=(Slot("rows", "rows", columns=COLUMNS, label="Alert rules and their state"),),
    draw=draw,
)
