"""Two registered models side by side: their measures, what they were made from and what they look at."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from console.format import NONE, ratio
from console.markup import calm, page, said, sheet
from console.model_tabs import model_tabs
from console.page import Page, PageContext, View
from console.pages.versions import comparison
from console.pages.versions.comparison import Fact, Measure, Side
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table, table
from console.training_reads import Version, versions
from core.models import registry

MOST_FEATURES = 40
OTHER_ROWS = (
    "They were tested on different rows, so a higher figure may come from easier data. Training runs and shadow mode "
    "compare models on the same rows."
)


def picker(context: PageContext, known: Sequence[Version], chosen: Sequence[str]) -> html.Form:
    """The choice of two versions."""
    options = [
        {"value": str(one.version), "label": f"model {one.version}" + (f" ({one.role})" if one.role else "")}
        for one in known
    ]
    fields = [
        html.Div(
            [
                html.Label(words, htmlFor=f"f-{name}"),
                dbc.Select(id=f"f-{name}", name=name, options=options, value=value, placeholder="choose"),
            ]
        )
        for name, words, value in zip(("first", "second"), ("Compare", "with"), chosen, strict=True)
    ]
    button = dbc.Button([icon("table"), "Side by side"], type="submit", color="secondary")
    return html.Form(
        [*fields, button], className="filter", method="get", action=f"{context.prefix}model/versions/compare"
    )


def content(context: PageContext) -> View:
    """The two of the address, or what is missing to compare."""
    known = versions(context.auth.database)
    chosen = [context.args.get(name, "") for name in ("first", "second")]
    first, second = (next((one for one in known if str(one.version) == text), None) for text in chosen)
    title, parts = "Model comparison", []
    if first is None or second is None:
        parts = [_missing("Choose two registered models.")]
    elif first.version == second.version:
        parts = [_missing("Choose two different models.")]
    else:
        title = f"Model {first.version} and model {second.version}"
        parts = _side(context, first, second)
    back = ("All versions", f"{context.prefix}model/versions")
    tabs = model_tabs(context, "model/versions")
    pick = html.Div(picker(context, known, chosen), className="panel sheet")
    return View(page("compare", title, tabs, pick, *parts, back=back, wide=True), title=title)


def _missing(words: str) -> html.Section:
    return html.Section(calm("table", words), className="panel sheet")


def _side(context: PageContext, first: Version, second: Version) -> list[Any]:
    cards = []
    for one in (first, second):
        card = registry.card(context.auth.database, one.version)
        if card is None:
            return [_missing(f"Model {one.version} has no card: it was registered before cards were introduced.")]
        cards.append(card)
    side = comparison.between(*cards)
    names = [f"Model {one.version}" for one in (first, second)]
    warning = [] if side.same_rows else [said(OTHER_ROWS, "exclamation-triangle-fill", "warn")]
    measures = sheet("measures", "Measures", _measures(side.measures, names), plain=True)
    facts = sheet("facts", "Training data", _facts(side.facts, names), plain=True)
    return [*warning, html.Div([measures, facts], className="sheets"), _importance(side, names)]


def _measures(rows: Sequence[Measure], names: Sequence[str]) -> html.Div:
    columns = (
        Column("measure", "Measure"),
        Column("first", names[0], "figure"),
        Column("second", names[1], "figure"),
        Column("difference", "Difference", "better"),
    )
    shown = [
        [
            row.words, row.words, [ratio(row.first), row.better == "first"],
            [ratio(row.second), row.better == "second"], _difference(row),
        ]
        for row in rows
    ]  # fmt: skip
    return plain_table("measures-rows", "Measures", columns, shown)


def _difference(row: Measure) -> list[str]:
    if row.difference is None:
        return [NONE, ""]
    if not row.better:
        return ["same", ""]
    return [f"{row.difference:+.3f}", "better" if row.better == "second" else "worse"]


def _facts(rows: Sequence[Fact], names: Sequence[str]) -> html.Div:
    columns = (Column("fact", "Field"), Column("first", names[0], "figure"), Column("second", names[1], "figure"))
    shown = [[row.words, row.words, [row.first, row.differs], [row.second, row.differs]] for row in rows]
    return plain_table("facts-rows", "Training data", columns, shown)


def _importance(side: Side, names: Sequence[str]) -> html.Section:
    only = [
        f"Only in {name.lower()}: {', '.join(features)}."
        for name, features in ((names[1], side.added), (names[0], side.removed))
        if features
    ]
    columns = (
        Column("feature", "Feature", "mono"), Column("first", names[0], "meter"), Column("second", names[1], "meter"),
    )  # fmt: skip
    rows = [[one.feature, one.feature, _meter(one.first), _meter(one.second)] for one in side.shares[:MOST_FEATURES]]
    words = html.P(" ".join(only) or "Both use the same features.", className="quiet pad")
    note = "share of the mean size of the exact SHAP values"
    return table("importance", "Feature importance", columns, rows, "No importance recorded.", note, above=[words])


def _meter(share: float | None) -> list[Any] | None:
    return ["not used"] if share is None else [f"{100 * share:.1f} %", share]


PAGE = Page(
    name="version_compare",
    path="model/versions/compare",
    title="Model comparison",
    role="viewer",
    content=content,
    under="model",
)
