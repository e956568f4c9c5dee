"""3.4 M1–M3: confusion matrix of 24 hours with precision, recall, F1, its warning and how mature the labels are."""

from collections.abc import Mapping
from typing import Any

from console import format
from console.panel import Panel, Slot, empty


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slots `facts`, `matrix`, `maturity` and `warning`."""
    part = data["model"]
    matrix, maturity = part["matrix"], part["maturity"]
    content: dict[str, Any] = {
        "note": f"24 h · {'no model' if part.get('version') is None else 'model v' + str(part['version'])}",
        "maturity": [_maturity(maturity)],
        "warning": [],
    }
    if not any(matrix.values()):
        content["matrix"] = empty(
            "No prediction of the last 24 hours has a label yet. Labels come from chargebacks, analysts and appeals."
        )
        content["facts"] = [_fact("Precision", None), _fact("Recall", None), _fact("F1", None)]
        return content
    baseline, change = part.get("baseline_precision"), part.get("precision_change_percent")
    content["facts"] = [
        _fact(
            "Precision",
            part["precision"],
            f"baseline {format.ratio(baseline)}" + _signed(change),
            bool(part.get("warning")),
        ),
        _fact("Recall", part["recall"], f"{format.number(matrix['fn'])} missed"),
        _fact("F1", part["f1"], "harmonic mean"),
    ]
    content["matrix"] = {key: format.number(matrix[key]) for key in ("tp", "fn", "fp", "tn")}
    if part.get("warning"):
        warning = part["warning"]
        content["warning"] = [
            {
                "level": "warning",
                "title": warning["text"],
                "text": warning.get("action") or "",
            }
        ]
    return content


def _fact(label: str, value: float | None, sub: str = "", bad: bool = False) -> dict[str, Any]:
    return {"label": label, "value": format.ratio(value), "sub": sub, "level": "warning" if bad else "none"}


def _signed(change: float | None) -> str:
    return "" if change is None else f" ({change:+.1f} %)".replace("-", "−")


def _maturity(maturity: Mapping[str, Any]) -> dict[str, Any]:
    flagged, blocked = (
        format.number(maturity.get("flagged_unlabelled")),
        format.number(maturity.get("blocked_unlabelled")),
    )
    labelled, total = format.number(maturity.get("labelled")), format.number(maturity.get("total"))
    return {
        "label": "Labels in",
        "percent": maturity.get("percent"),
        "level": "none",
        "value": format.percent(maturity.get("percent")),
        "text": f"{labelled} of {total} predictions; {flagged} flagged and {blocked} blocked still without",
    }


PANEL = Panel(
    name="model",
    title="Model quality",
    section="model",
    order=0,
    width=5,
    parts=("model",),
    note="24 h",
    pages=(("Model page", "model"),),
    slots=(
        Slot("facts", "facts"),
        Slot("matrix", "matrix", label="Confusion matrix"),
        Slot("maturity", "meters"),
        Slot("warning", "notes"),
    ),
    draw=draw,
)
