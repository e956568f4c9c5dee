"""The four KPIs (K1-K4): from window totals to numbers, and from numbers to cards with a verdict. Pure."""

from typing import Any

from core import calendars
from core.config import KPIS as KPIS  # the order of the page
from core.config import Calendar, KpiConfig
from core.events.time_buckets import Totals


def values(totals: Totals, seconds: float = 3600.0) -> dict[str, float | None]:
    """The KPIs of a window that is `seconds` long: counts and money scaled to an hour, percent, ms.

    A rate without predictions, and a latency without calls, is None.
    """
    counts = totals.counts
    scale = 3600.0 / seconds
    predictions = counts["predictions"]
    p95 = totals.quantile(0.95)
    return {
        "transactions_per_hour": round(counts["transactions"] * scale),
        "fraud_rate": round(100.0 * counts["blocked"] / predictions, 4) if predictions else None,
        "api_latency_p95": round(p95, 2) if p95 is not None else None,
        "revenue_per_hour": round(counts["revenue_cents"] * scale / 100.0, 2),
    }


def confusion_rates(tp: int, fn: int, fp: int, tn: int) -> dict[str, float | None]:
    """Precision, recall and F1 of a confusion matrix; None where the denominator is zero."""
    precision = tp / (tp + fp) if tp + fp else None
    recall = tp / (tp + fn) if tp + fn else None
    f1 = 2 * tp / (2 * tp + fp + fn) if 2 * tp + fp + fn else None
    return {"precision": precision, "recall": recall, "f1": f1}


def cards(
    current: dict[str, float | None],
    previous: dict[str, float | None],
    sparks: dict[str, list[dict[str, Any]]],
    kpis: dict[str, KpiConfig],
    windows: dict[str, Calendar],
    now: float,
) -> list[dict[str, Any]]:
    """One card for each KPI in the order of the page; the shape is in docs/architecture.md."""
    return [
        _card(key, current.get(key), previous.get(key), sparks.get(key, []), kpis[key], windows, now) for key in KPIS
    ]


def status(
    value: float | None,
    kpi: KpiConfig,
    windows: dict[str, Calendar],
    now: float,
) -> tuple[str, str]:
    """(`ok` / `warning` / `alert` / `none`, why) for a value: alert beyond the limit, warning beside the target."""
    if value is None:
        return "none", "no data in this window"
    watched = kpi.when is None or calendars.inside(windows[kpi.when], now)
    name = f" in {kpi.when.replace('_', ' ')}" if kpi.when else ""
    if watched and kpi.alert_above is not None and value > kpi.alert_above:
        return "alert", f"above {kpi.alert_above:g} {kpi.unit}{name}"
    if watched and kpi.alert_below is not None and value < kpi.alert_below:
        return "alert", f"below {kpi.alert_below:g} {kpi.unit}{name}"
    met = value < kpi.target if kpi.target_op == "<" else value >= kpi.target
    return ("ok", "on target") if met else ("warning", "off target")


def _card(
    key: str,
    value: float | None,
    before: float | None,
    spark: list[dict[str, Any]],
    kpi: KpiConfig,
    windows: dict[str, Calendar],
    now: float,
) -> dict[str, Any]:
    delta = value - before if value is not None and before is not None else None
    percent = 100.0 * delta / before if delta is not None and before else None
    state, reason = status(value, kpi, windows, now)
    return {
        "id": kpi.id,
        "key": key,
        "title": kpi.title,
        "value": value,
        "unit": kpi.unit,
        "previous": before,
        "delta": delta,
        "delta_percent": percent,
        "direction": _direction(delta),
        "better": kpi.better,
        "target": {"value": kpi.target, "op": kpi.target_op, "text": kpi.target_text},
        "status": state,
        "reason": reason,
        "spark": spark,
    }


def _direction(delta: float | None) -> str:
    return "flat" if not delta else "up" if delta > 0 else "down"
