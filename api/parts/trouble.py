"""What wants action now, worst first: incidents, and what no rule watches: slow services, fallen precision.

While nobody judges the rules, the list says so and names by itself what they would have: KPIs, services, drift.
"""

from typing import Any, Literal, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core import clock

NAME = "trouble"
REFRESH = 5.0
_ORDER = ("critical", "high", "medium", "low")
_METRIC = {"api_latency_p95": "latency_p95"}  # what rules call a KPI, where it differs


class Row(TypedDict):
    """One trouble. `since` (ms): when the incident began or this list first named it; `target`: the panel about it.

    `incident` is its id where there is one; then `acknowledged_by` and `silenced_by` say who has it in hand.
    """

    id: str
    severity: Literal["critical", "high", "medium", "low"]
    title: str
    detail: str
    since: int
    target: str
    incident: str | None
    acknowledged_by: str | None
    silenced_by: str | None


Data = list[Row]


def read(context: Context, window: Window) -> list[dict[str, Any]]:
    """Judged from what the other parts say now."""
    return judged(
        context.part("alerts"),
        context.part("kpis"),
        context.part("health"),
        context.part("model"),
        context.part("drift"),
        context.part("trouble"),
        milliseconds(context.now),
    )


def judged(alerts: Any, kpis: Any, health: Any, model: Any, drift: Any, before: Any, now: int) -> list[dict[str, Any]]:
    """The list from the other parts' data and the list before (None when there is none); pure."""
    known = {row["id"]: row["since"] for row in before or []}
    watched = {rule["metric"] for rule in alerts["rules"]} if alerts and alerts["judged"] else set()
    others = (*_kpis(kpis, watched), *_services(health, watched), *_model(model), *_drift(drift, watched))
    found = [
        {"since": known.get(row["id"], now), "incident": None, "acknowledged_by": None, "silenced_by": None, **row}
        for row in (*_incidents(alerts), *_worker(alerts), *others)
    ]
    return sorted(found, key=_urgency)


def _urgency(row: dict[str, Any]) -> tuple[Any, ...]:
    in_hand = bool(row["acknowledged_by"] or row["silenced_by"])
    return in_hand, _ORDER.index(row["severity"]), row["incident"] is None, row["id"]


def _incidents(alerts: Any) -> list[dict[str, Any]]:
    return [
        {
            **_row(f"incident-{one['id']}", one["severity"], one["title"], one["summary"], "#alert_rules"),
            "since": one["began"],
            "incident": one["id"],
            "acknowledged_by": one["acknowledged_by"] if one["status"] == "acknowledged" else None,
            "silenced_by": one["silenced_by"],
        }
        for one in (alerts or {}).get("incidents", [])
    ]


def _worker(alerts: Any) -> list[dict[str, Any]]:
    if alerts is None:
        return []
    found = []
    if not alerts["judged"]:
        at = alerts["judged_at"]
        last = f"last at {clock.iso(at / 1000)[11:19]} UTC" if at else "no alert worker has run here yet"
        detail = f"{last}; until one runs nobody is told of anything"
        found.append(_row("alerts-unjudged", "high", "Alert rules are not being evaluated", detail, "#alert_rules"))
    if alerts["actions_off"]:
        off = alerts["actions_off"]
        found.append(
            _row(
                "actions-off", "low", "Automatic actions are off", f"by {off['actor']}: {off['reason']}", "#alert_rules"
            )
        )
    return found


def _kpis(data: Any, watched: set[str]) -> list[dict[str, Any]]:
    return [
        _row(
            f"kpi-{card['key']}",
            "high" if card["key"] == "fraud_rate" else "medium",
            f"{card['title']}: {shown(card['value'])} {card['unit']}".rstrip(),
            card["reason"],
            "#kpis",
        )
        for card in (data or {}).get("cards", [])
        if card["status"] == "alert" and _METRIC.get(card["key"], card["key"]) not in watched
    ]


def _services(data: Any, watched: set[str]) -> list[dict[str, Any]]:
    return [
        _row(
            f"service-{service['name']}",
            "critical" if service["status"] == "DOWN" else "medium",
            f"{service['title']} is {service['status']}",
            ". ".join(text for text in (service["detail"], service["suggestion"]) if text),
            "#health",
        )
        for service in (data or {}).get("services", [])
        if service["status"] == "SLOW" or (service["status"] == "DOWN" and "service" not in watched)
    ]


def _model(data: Any) -> list[dict[str, Any]]:
    warning = (data or {}).get("warning")
    return [_row("model-precision", "medium", warning["text"], warning["action"], "#model")] if warning else []


def _drift(data: Any, watched: set[str]) -> list[dict[str, Any]]:
    if not data or data["status"] != "drifted" or "drift" in watched:
        return []
    worst = data["features"][0]
    return [
        _row(
            "model-drift",
            "medium",
            f"Drift on {worst['name']}: KL {worst['kl']:.2f}",
            f"above {data['threshold']:g}: retrain, or look at what changed in this feature",
            "#drift",
        )
    ]


def _row(name: str, severity: str, title: str, detail: str, target: str) -> dict[str, Any]:
    return {"id": name, "severity": severity, "title": title, "detail": detail, "target": target}


def shown(value: float) -> str:
    """A number for a sentence: at most three significant figures, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):g}"
