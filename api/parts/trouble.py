"""What wants action now, worst first: KPI alerts, services that are not UP, fallen precision, drift."""

from typing import Any, Literal, TypedDict

from api.context import Context, milliseconds
from api.window import Window

NAME = "trouble"
REFRESH = 5.0
_ORDER = ("critical", "high", "medium", "low")


class Row(TypedDict):
    """One trouble; `since` (ms) is when this list first named it, `target` the panel that shows it."""

    id: str
    severity: Literal["critical", "high", "medium", "low"]
    title: str
    detail: str
    since: int
    target: str


Data = list[Row]


def read(context: Context, window: Window) -> list[dict[str, Any]]:
    """Judged from what the other parts say now."""
    return judged(
        context.part("kpis"),
        context.part("health"),
        context.part("model"),
        context.part("drift"),
        context.part("trouble"),
        milliseconds(context.now),
    )


def judged(kpis: Any, health: Any, model: Any, drift: Any, before: Any, now: int) -> list[dict[str, Any]]:
    """The list from the other parts' data and the list before (None when there is none); pure."""
    known = {row["id"]: row["since"] for row in before or []}
    found = [
        {**row, "since": known.get(row["id"], now)}
        for row in (*_kpis(kpis), *_services(health), *_model(model), *_drift(drift))
    ]
    return sorted(found, key=lambda row: (_ORDER.index(row["severity"]), row["id"]))


def _kpis(data: Any) -> list[dict[str, Any]]:
    return [
        _row(
            f"kpi-{card['key']}",
            "high" if card["key"] == "fraud_rate" else "medium",
            f"{card['title']}: {shown(card['value'])} {card['unit']}".rstrip(),
            card["reason"],
            "#kpis",
        )
        for card in (data or {}).get("cards", [])
        if card["status"] == "alert"
    ]


def _services(data: Any) -> list[dict[str, Any]]:
    return [
        _row(
            f"service-{service['name']}",
            "critical" if service["status"] == "DOWN" else "medium",
            f"{service['title']} is {service['status']}",
            ". ".join(text for text in (service["detail"], service["suggestion"]) if text),
            "#health",
        )
        for service in (data or {}).get("services", [])
        if service["status"] in ("DOWN", "SLOW")
    ]


def _model(data: Any) -> list[dict[str, Any]]:
    warning = (data or {}).get("warning")
    return [_row("model-precision", "medium", warning["text"], warning["action"], "#model")] if warning else []


def _drift(data: Any) -> list[dict[str, Any]]:
    if not data or data["status"] != "drifted":
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
