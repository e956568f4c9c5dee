"""3.1 The four KPI cards: value, change against one hour ago, sparkline, target and status."""

from collections.abc import Mapping, Sequence
from typing import Any

from console import format
from console.figures.marks import NOTHING, within
from console.panel import Panel, Slot

_WORDS = {"ok": "On target", "warning": "Off target", "alert": "Alert", "none": "No data"}
_FLAT = 0.05
METRICS = {"api_latency_p95": ("latency_p95",)}  # what rules call a KPI, where it differs
_SPARK_HEIGHT = 40


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of slot `cards`."""
    return {"cards": [_card(card, (data.get("alerts") or NOTHING)["spans"]) for card in data["kpis"]["cards"]]}


def _card(card: Mapping[str, Any], spans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    value, unit = _value(card)
    status = card["status"]
    return {
        "id": card["id"],
        "title": card["title"],
        "value": value,
        "unit": unit,
        "exact": card.get("value"),
        "status": status,
        "word": _WORDS.get(status, status),
        "reason": card.get("reason") or "",
        "target": card["target"]["text"],
        "spark": _spark(card.get("spark") or []),
        **_fired(card, spans),
        **_change(card),
    }


def _value(card: Mapping[str, Any]) -> tuple[str, str]:
    unit = card.get("unit") or ""
    if unit.upper().startswith("USD") or unit.startswith("$"):
        return format.money(card.get("value")), "/h" if "/h" in unit or "hour" in card["key"] else ""
    return format.number(card.get("value")), unit


def _change(card: Mapping[str, Any]) -> dict[str, Any]:
    percent = card.get("delta_percent")
    if percent is None or card.get("previous") is None:
        return {"delta": format.NONE, "arrow": "flat", "mood": "same", "was": "no value one hour ago"}
    arrow = "flat" if abs(percent) < _FLAT else card["direction"]
    mood = "same" if arrow == "flat" else ("better" if arrow == card.get("better") else "worse")
    was = {**card, "value": card["previous"]}
    return {
        "delta": format.percent(abs(percent), 2),
        "arrow": arrow,
        "mood": mood,
        "was": " ".join(_value(was)).strip(),
    }


def _fired(card: Mapping[str, Any], spans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Where on the sparkline an alert about this KPI fired (percent of its width), and the newest incident."""
    points = card.get("spark") or []
    if len(points) < 2:
        return {"fired": [], "incident": None}
    start, end = points[0]["t"], points[-1]["t"]
    found = within(spans, METRICS.get(card["key"], (card["key"],)), start, end)
    where = [[round(100 * (at - start) / (end - start), 1) for at in (span["from"], span["to"])] for span in found]
    open_now = [span["incident"] for span in found if span["to"] >= end]
    return {"fired": where, "incident": open_now[-1] if open_now else None}


def _spark(points: Sequence[Mapping[str, Any]]) -> list[int | None]:
    known = [point["v"] for point in points if point["v"] is not None]
    if len(known) < 2:
        return []
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    flat = high == low
    return [
        None
        if point["v"] is None
        else _SPARK_HEIGHT // 2
        if flat
        else round(_SPARK_HEIGHT * (1 - (point["v"] - low) / span))
        for point in points
    ]


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
