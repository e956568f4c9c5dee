"""3.1 The four KPI cards: value, change against one hour ago, sparkline, target and status."""

from collections.abc import Sequence
from typing import Any

from console import format
from console.figures.marks import within
from console.panel import Panel, Slot
from console.sparkline import scaled
from core.monitoring.alerts import Alerts, AlertSpan
from core.monitoring.kpis import KpiCard, Kpis

_WORDS = {"ok": "On target", "warning": "Off target", "alert": "Alert", "none": "No data"}
_FLAT = 0.05
METRICS = {"api_latency_p95": ("latency_p95",)}  # what rules call a KPI, where it differs


def draw(kpis: Kpis, alerts: Alerts | None) -> dict[str, Any]:
    """The content of slot `cards`."""
    return {"cards": [_card(card, alerts.spans if alerts else []) for card in kpis.cards]}


def _card(card: KpiCard, spans: Sequence[AlertSpan]) -> dict[str, Any]:
    value, unit = _value(card, card.value)
    return {
        "id": card.id,
        "title": card.title,
        "value": value,
        "unit": unit,
        "exact": card.value,
        "status": card.status,
        "word": _WORDS[card.status],
        "reason": card.reason,
        "target": card.target.text,
        "spark": scaled([point.v for point in card.spark]),
        **_fired(card, spans),
        **_change(card),
    }


def _value(card: KpiCard, value: float | None) -> tuple[str, str]:
    if card.unit.upper().startswith("USD") or card.unit.startswith("$"):
        return format.money(value), "/h" if "/h" in card.unit or "hour" in card.key else ""
    return format.number(value), card.unit


def _change(card: KpiCard) -> dict[str, Any]:
    percent = card.delta_percent
    if percent is None or card.previous is None:
        return {"delta": format.NONE, "arrow": "flat", "mood": "same", "was": "no value one hour ago"}
    arrow = "flat" if abs(percent) < _FLAT else card.direction
    mood = "same" if arrow == "flat" else ("better" if arrow == card.better else "worse")
    return {
        "delta": format.percent(abs(percent), 2),
        "arrow": arrow,
        "mood": mood,
        "was": " ".join(_value(card, card.previous)).strip(),
    }


def _fired(card: KpiCard, spans: Sequence[AlertSpan]) -> dict[str, Any]:
    """Where on the sparkline an alert about this KPI fired (percent of its width), and the newest incident."""
    points = card.spark
    if len(points) < 2:
        return {"fired": [], "incident": None}
    start, end = points[0].t, points[-1].t
    found = within(spans, METRICS.get(card.key, (card.key,)), start, end)
    where = [[round(100 * (at - start) / (end - start), 1) for at in (mark.start, mark.end)] for mark in found]
    open_now = [mark.span.incident for mark in found if mark.end >= end]
    return {"fired": where, "incident": open_now[-1] if open_now else None}


PANEL = Panel(
    name="kpis",
    title="Key figures",
    section="kpis",
    order=0,
    parts=("kpis",),
    extras=("alerts",),
    bare=True,
    slots=(Slot("cards", "cards"),),
    draw=draw,
)
