"""Key figures of pages: cards beside one another."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console.attributes import attributes
from console.looks import chip
from console.slots import TITLE, UNIT
from console.sparkline import scaled, spark


def cards(found: Sequence[html.Div]) -> html.Div:
    """Key figures beside one another."""
    return html.Div(list(found), className="kpis grid cols-1 cols-md-2 cols-xl-4 mb-3", id="figures")


def card(
    name: str, title: str, value: str, unit: str, below: Any, trend: Sequence[float] = (), status: str = ""
) -> html.Div:
    """A key figure with its course; `status` is `warning` or `alert` where it wants a look."""
    looks = {"warning": ("review", "exclamation-triangle-fill", "High"), "alert": ("blocked", "x-octagon-fill", "High")}
    unit_of = [html.Small(unit, className=UNIT)] if unit else []
    return html.Div(
        [
            html.H2(title, className=f"fs-6 m-0 {TITLE}"),
            html.Span(chip(*looks[status]) if status else "", className="state ms-auto"),
            html.Div([value, *unit_of], className="value fs-1 fw-bold lh-sm text-nowrap"),
            spark(scaled(trend, from_zero=True), ()) if trend else html.Span(),
            html.Div(below, className="line small text-body-secondary"),
        ],
        className="kpi card",
        role="group",
        id=f"figure-{name}",
        **attributes({"aria-label": title, **({"data-status": status} if status else {})}),
    )
