"""What to do about the model: advice, the most urgent first."""

from typing import Any

from dash import html

from console.advice.situation import Advice
from console.model_page.narrative import Story
from console.page import PageContext
from console.pages.model.parts import heading, level, says
from console.panel_layout import icon

URGENCY = {"act": "Now", "soon": "Soon", "idea": "Optional", "calm": "None"}


def parts(context: PageContext, told: Story) -> list[Any]:
    """The heading and the list."""
    body: Any = says("question-circle", "Unavailable", "Advice needs the model's figures, which are unavailable.")
    if told.advice:
        body = html.Ol([_one(context, one) for one in told.advice], className="lines", id="advice")
    return [
        heading("do", "Recommendations", note="recommended from the figures above, most urgent first"),
        html.Section(html.Div(body, className="body", id="todo-body"), className="panel sheet card"),
    ]


def _one(context: PageContext, one: Advice) -> html.Li:
    about = html.Div([html.B(one.title), html.P(one.reason, className="text-body-secondary")], className="flex-fill")
    return html.Li(
        [level(one.level, URGENCY[one.level]), about, *_way(context, one)],
        className=f"d-md-flex align-items-center gap-3 {one.level}",
    )


def _way(context: PageContext, one: Advice) -> list[Any]:
    if one.retrain:
        if context.can("operator"):
            return [html.A(one.words, href="#retrain", className="btn btn-sm btn-primary")]
        return [html.Span("Operators only", className="text-body-secondary")]
    if not one.address:
        return []
    address = one.address if one.address[:1] == "#" else context.prefix + one.address
    return [html.A([one.words, icon("arrow-right")], href=address, className="btn btn-sm btn-secondary")]
