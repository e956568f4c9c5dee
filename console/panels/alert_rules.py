"""A5, A6: every rule with its state, value against its limit and since when; a row opens its incident, or its rule."""

from collections.abc import Mapping
from typing import Any

from console import format, stated
from console.panel import Column, Panel, Slot, empty

COLUMNS = (
    Column("state", "State", "alert", "112px"),
    Column("rule", "Rule", "page"),
    Column("value", "Value", "text", "84px"),
    Column("limit", "Limit", "text", "84px"),
    Column("since", "Since", "time", "84px"),
)


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slot `rows`, the worst first."""
    part = data["alerts"]
    if not part["rules"]:
        return {"rows": empty("No rule is loaded. The alert worker loads config/rules.toml when it starts.")}
    acknowledged = {one["id"] for one in part["incidents"] if one["status"] == "acknowledged"}
    rows = [
        [
            f"{rule['rule']}/{rule['series']}",
            state(rule, rule["incident"] in acknowledged),
            [_named(rule), _page(rule)],
            stated.measured(rule["value"], rule["unit"], rule),
            " ".join(stated.limited(limit, rule["unit"], rule, sign) for sign, limit in rule["limits"]) or format.NONE,
            rule["since"],
        ]
        for rule in part["rules"]
    ]
    phases = [rule["phase"] for rule in part["rules"] if rule["tells"]]
    counted = [f"{phases.count(phase)} {word}" for phase, word in (("firing", "firing"), ("pending", "pending"))]
    quiet = f"{len(phases) - phases.count('firing') - phases.count('pending')} quiet"
    note = " · ".join([*counted, quiet]) if part["judged"] else "not being evaluated"
    return {"rows": {"rows": rows}, "note": note}


def state(rule: Mapping[str, Any], acknowledged: bool) -> str:
    """The word that stands for a rule: what a person should know first."""
    if not rule["tells"]:
        return "inactive"
    if rule["phase"] in ("firing", "pending") and rule["silenced"]:
        return "silenced"
    if rule["phase"] == "firing":
        return "acknowledged" if acknowledged else "firing"
    if rule["health"] != "ok":
        return str(rule["health"])
    return str(rule["phase"])


def _named(rule: Mapping[str, Any]) -> str:
    return f"{rule['title']} · {rule['series']}" if rule["series"] else str(rule["title"])


def _page(rule: Mapping[str, Any]) -> str:
    if rule["incident"]:
        return f"alerts/incidents/{rule['incident']}"
    return f"alerts?tab=rules#rule-{rule['rule']}"


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
