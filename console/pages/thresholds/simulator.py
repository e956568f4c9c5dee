"""The simulator: sliders, what they would have done, and three charts; `assets/js/pages/thresholds.js` moves them."""

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
import msgspec
from dash import dcc, html

from console import forms
from console.attributes import attributes
from console.figures import thresholds as figures
from console.page import Context
from console.pages.thresholds.changes import NOTE_CHARACTERS, propose, put_in_force
from console.panel_layout import NOTE, SAYS, icon
from console.thresholds.history import History
from core import codec
from core.db.replica import Answer
from core.policy import Policy
from core.transactions.thresholds import BUCKETS, Thresholds

FIGURES = ("Figure", "In force", "Chosen", "Change")
CHARTS = (
    ("Money", figures.money, "block_from,review_from",
     "Money by threshold: fraud, legit and unknown at or above each score, and fraud below it",
     (("good", "fraud blocked"), ("blocked", "legit blocked"), ("muted", "unknown"), ("review", "fraud below"))),
    ("Precision and recall", figures.rates, "fraud_threshold", "Precision and recall by fraud threshold",
     (("accent", "precision"), ("review", "recall, of what is labelled"))),
    ("Where the scores lie", figures.scores, "review_from,block_from", "Number of predictions by score and label",
     (("muted", "unknown"), ("ok", "legit"), ("blocked", "fraud, logarithmic"))),
)  # fmt: skip


def simulator(context: Context, counted: Answer[History], policy: Policy | None, span: str) -> html.Div:
    """Everything that moves with the sliders; they start at what is in force."""
    profiles = _profiles(context)
    start = policy or next(iter(profiles.values()))
    curve: dict[str, Any] = msgspec.to_builtins(counted.found.curve)
    return html.Div(
        id="sim",
        className="grid mb-3",
        **attributes(
            {
                "data-curve": codec.encode(curve).decode(),
                "data-buckets": str(BUCKETS),
                "data-force": codec.encode(_three(start)).decode(),
            }
        ),
        children=[
            _sliders(context, policy, start, profiles, span),
            _outcome(counted),
            *[_chart(curve, *one) for one in CHARTS],
        ],
    )


def _sliders(
    context: Context,
    policy: Policy | None,
    start: Policy | Thresholds,
    profiles: Mapping[str, Thresholds],
    span: str,
) -> html.Section:
    presets = [_preset("In force", start), *[_preset(name, one) for name, one in profiles.items()]]
    body = [
        _slider("review_from", "REVIEW from", "review", start.review_from, 1),
        _slider("fraud_threshold", "Counts as fraud from", "accent", start.fraud_threshold, 1),
        _slider("block_margin", "BLOCKED this much above", "blocked", start.block_from - start.fraud_threshold, 0.5),
        html.P(id="policy-words", className="my-2 text-body-secondary"),
        html.Div(presets, className="buttons mb-3"),
    ]
    if context.can("analyst"):
        note = dbc.Input(
            id="f-note", name="note", maxlength=NOTE_CHARACTERS, placeholder="Why (kept with the proposal)",
            autocomplete="off",
        )  # fmt: skip
        why = html.Label("Why", htmlFor="f-note", className="visually-hidden")
        form = forms.form(
            context.prefix, propose, [*_hidden("propose", span), why, note], "Save as proposal"
        )  # fmt: skip
        body.append(html.Div(form, className="sim-do"))
    if context.can("operator"):
        form = forms.form(context.prefix, put_in_force, _hidden("apply"), "Put in force")
        body.append(html.Div(form, id="apply", className="sim-do", **attributes({"data-ask": "…"})))
    else:
        body.append(html.P("Operators put thresholds in force.", className="text-body-secondary mb-2"))
    note = f"in force: {policy.profile}, version {policy.version}" if policy else ""
    return _panel("Thresholds", note, html.Div(body, className="body card-body"))


def _slider(name: str, words: str, role: str, value: float, most: float) -> html.Div:
    least = 0.0 if name == "block_margin" else 0.005
    control = dbc.Input(
        id=f"s-{name}", type="range", min=least, max=most, step=0.005, value=round(value, 3), class_name="form-range"
    )
    swatch = html.Span(className=f"key {role}", **attributes({"aria-hidden": "true"}))
    return html.Div(
        [
            html.Label([swatch, words], htmlFor=f"s-{name}", className="d-flex align-items-center gap-2"),
            control,
            html.Output(f"{value:.3f}", id=f"o-{name}", htmlFor=f"s-{name}", className="mono text-end fw-semibold"),
        ],
        className="slider",
    )


def _preset(words: str, one: Policy | Thresholds) -> html.Button:
    preset = ",".join(str(value) for value in _three(one).values())
    return html.Button(
        words, type="button", className="btn btn-sm btn-secondary", **attributes({"data-preset": preset})
    )


def _hidden(form: str, span: str = "") -> list[Any]:
    """The fields that the sliders fill."""
    names = ("review_from", "fraud_threshold", "block_from")
    fields = [dcc.Input(type="hidden", id=f"{form}-{name}", name=name, value="") for name in names]
    return [*fields, dcc.Input(type="hidden", id=f"{form}-span", name="span", value=span)] if span else fields


def _outcome(counted: Answer[History]) -> html.Section:
    found, behind = counted
    replica = "" if behind is None else f", from a read replica up to {behind + 1:.0f} s behind"
    note = f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC{replica}; in small: 95 % interval"
    heads = [html.Th(words, scope="col", className="right" if at else None) for at, words in enumerate(FIGURES)]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody()], id="outcome", className="table outcome")
    wrap = html.Div(table, className="wrap", tabIndex="0", role="region", **attributes({"aria-label": "Outcome"}))
    return _panel("What they would have done", note, wrap)


def _chart(
    curve: Mapping[str, Any], title: str, draw: Any, lines: str, label: str, keys: tuple[tuple[str, str], ...]
) -> html.Section:
    figure = codec.encode(draw(curve, BUCKETS)).decode()
    chart = html.Div(
        className="chart", role="figure", style={"minHeight": 230},
        **attributes({"data-figure": figure, "data-lines": lines, "aria-label": label}),
    )  # fmt: skip
    note = [html.Span(words, className=f"key {role}") for role, words in keys]
    return _panel(title, note, html.Div(chart, className="body p-2"), 4)


def _panel(title: str, note: Any, body: Any, width: int = 6) -> html.Section:
    head = html.Div(
        [html.H2(title), html.Span(note, className=NOTE)],
        className="head card-header",
    )
    return html.Section([head, body], className=f"panel sheet card g-col-12 g-col-xl-{width}")


def nothing(wrong: str) -> html.Section:
    """Instead, when there is nothing to count."""
    title = "Not counted" if wrong else "Nothing to count"
    text = wrong or "No predictions are stored in this span; choose a longer one."
    says = html.Div([icon("bar-chart-line"), html.B(title), html.Span(text)], className=SAYS)
    return html.Section(says, className="panel sheet card")


def _three(one: Policy | Thresholds) -> dict[str, float]:
    return {name: getattr(one, name) for name in ("review_from", "fraud_threshold", "block_from")}


def _profiles(context: Context) -> dict[str, Thresholds]:
    return {
        name: Thresholds(one.fraud_threshold, one.review_from, round(one.fraud_threshold + one.block_margin, 6))
        for name, one in context.door.settings.config.policy.profiles.items()
    }
