"""The page Scorecard (C1): stability, ranking, calibration, capture, swap sets, overrides and vintages."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import analytics_parts, markup
from console.page import Page, PageContext, View
from console.pages.scorecard import choices, sharpness, stability
from console.pages.scorecard.reading import MOST_CAPACITY, Found, read_all
from console.panel_layout import icon
from core.analytics.periods import Period

PATH = "analytics/scorecard"


def content(context: PageContext) -> View:
    """All figures of the chosen model."""
    wanted = analytics_parts.asked(context)
    found = read_all(context, wanted.period)
    if found is None:
        nothing = markup.calm(
            "hourglass-split", "No predictions yet.", "Figures appear once predictions were summed up."
        )
        return analytics_parts.page(context, PATH, wanted, nothing)
    parts = [
        *stability.sheets(found.stable), *sharpness.sheets(found.sharp, found.choice.k), *choices.sheets(found),
    ]  # fmt: skip
    return analytics_parts.page(context, PATH, wanted, _form(context, wanted.period, found), *parts)


def _form(context: PageContext, period: Period, found: Found) -> html.Div:
    """The choice of model, reviews a day, policies and challenger; the period goes along."""
    choice = found.choice
    fields = [
        _select("model", "Model", {str(one): _model(one, n) for one, n in found.models.items()}, str(choice.version)),
        _field("k", "Reviews a day", dbc.Input(id="f-k", name="k", type="number", value=str(choice.k), min=1,
               max=MOST_CAPACITY, step=1)),
        _select("before", "Policy", {key: one[0] for key, one in found.policies.items()}, choice.before),
        _select("after", "compared with", {key: one[0] for key, one in found.policies.items()}, choice.after),
    ]  # fmt: skip
    if found.challengers:
        known = {str(one): f"model {one} ({n:,})" for one, n in found.challengers.items()}
        fields.append(_select("challenger", "Challenger", known, str(choice.challenger)))
    kept = [
        dcc.Input(type="hidden", id=f"kept-{name}", name=name, value=context.args[name])
        for name in ("period", "from", "to")
        if context.args.get(name)
    ]
    button = dbc.Button([icon("table"), "Show"], type="submit", color="secondary")
    form = html.Form(
        [*kept, *fields, button], method="get", action=context.prefix + PATH, id="choices",
        className="filter grid cols-2 cols-md-4 cols-xl-6 align-items-end p-3",
    )  # fmt: skip
    return html.Div(form, className="card mb-3")


def _model(version: int, n: int) -> str:
    return f"model {version} ({n:,})" if version else f"reported by others ({n:,})"


def _select(name: str, label: str, known: dict[str, str], value: str) -> html.Div:
    options = [{"value": key, "label": words} for key, words in known.items()]
    return _field(name, label, dbc.Select(id=f"f-{name}", name=name, options=options, value=value))


def _field(name: str, label: str, control: Any) -> html.Div:
    return html.Div([html.Label(label, htmlFor=f"f-{name}", className="form-label"), control])


PAGE = Page(
    name="scorecard", path=PATH, title="Scorecard", role="viewer", content=content, under="analytics",
)  # fmt: skip
