"""3.4 M1–M3: confusion matrix of 24 hours with precision, recall, F1, its warning and how mature the labels are."""

from typing import Any

from console import format
from console.panel import Panel, Slot, empty
from core.monitoring.model import LabelMaturity, Model


def draw(model: Model) -> dict[str, Any]:
    """Slots `facts`, `matrix`, `maturity` and `warning`."""
    matrix = model.matrix
    content: dict[str, Any] = {
        "note": f"24 h · {'no model' if model.version is None else f'model v{model.version}'}",
        "maturity": [_maturity(model.maturity)],
        "warning": [],
    }
    if not matrix.labelled:
        content["matrix"] = empty(
            "No predictions in the last 24 hours have labels yet. Labels come from chargebacks, analysts and appeals."
        )
        content["facts"] = [_fact("Precision", None), _fact("Recall", None), _fact("F1", None)]
        return content
    baseline, change, warning = model.baseline_precision, model.precision_change_percent, model.warning
    tested = model.baseline_threshold  # another threshold than the one in force
    content["facts"] = [
        _fact(
            "Precision",
            model.precision,
            f"baseline {format.ratio(baseline)}" + (_signed(change) if tested is None else f" at threshold {tested:g}"),
            warning is not None,
        ),
        _fact("Recall", model.recall, f"{format.number(matrix.fn)} missed"),
        _fact("F1", model.f1, "harmonic mean"),
    ]
    content["matrix"] = {key: format.number(getattr(matrix, key)) for key in ("tp", "fn", "fp", "tn")}
    if warning is not None:
        content["warning"] = [{"level": "warning", "title": warning.text, "text": warning.action}]
    return content


def _fact(label: str, value: float | None, sub: str = "", bad: bool = False) -> dict[str, Any]:
    return {"label": label, "value": format.ratio(value), "sub": sub, "level": "warning" if bad else "none"}


def _signed(change: float | None) -> str:
    return "" if change is None else f" ({change:+.1f} %)".replace("-", "−")


def _maturity(maturity: LabelMaturity) -> dict[str, Any]:
    flagged, blocked = format.number(maturity.flagged_unlabelled), format.number(maturity.blocked_unlabelled)
    labelled, total = format.number(maturity.labelled), format.number(maturity.total)
    return {
        "label": "Labels in",
        "percent": maturity.percent,
        "level": "none",
        "value": format.percent(maturity.percent),
        "text": f"{labelled} of {total} predictions; {flagged} flagged and {blocked} blocked without labels",
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
