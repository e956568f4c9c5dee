"""How the verdict of a drift report looks, and the choice of two reports."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from console.page import PageContext
from console.pages.status_style import StatusStyle
from console.panel_layout import icon

VERDICTS = {
    "ok": StatusStyle("good", "check-circle-fill", "OK"),
    "watch": StatusStyle("review", "exclamation-triangle-fill", "Watch"),
    "retrain": StatusStyle("blocked", "exclamation-octagon-fill", "Retrain"),
    "insufficient": StatusStyle("", "question-circle", "Not enough data"),
}


def picker(context: PageContext, reports: Sequence[Mapping[str, Any]], chosen: Sequence[str]) -> html.Form:
    """The choice of two reports."""
    options = [
        {
            "value": str(one["id"]),
            "label": f"{one['id']}: {one['created_at']:%m-%d %H:%M}, {VERDICTS[one['verdict']].word}",
        }
        for one in reports
    ]
    fields = [
        html.Div(
            [
                html.Label(words, htmlFor=f"f-{name}", className="form-label"),
                dbc.Select(id=f"f-{name}", name=name, options=options, value=value, placeholder="choose"),
            ]
        )
        for name, words, value in zip(("first", "second"), ("Compare", "with"), chosen, strict=True)
    ]
    button = dbc.Button([icon("table"), "Side by side"], type="submit", color="secondary")
    return html.Form(
        [*fields, button],
        className="filter grid cols-2 cols-md-4 cols-xl-6 align-items-end p-3 border-bottom",
        method="get",
        action=f"{context.prefix}model/drift/compare",
    )
