"""The simulator: sliders, what they would have done, and three charts; `assets/js/pages/thresholds.js` moves them."""

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
import msgspec
from dash import dcc, html

from console import forms
from console.attributes import attributes
from console.figures import thresholds as figures
from console.page import PageContext
from console.pages.thresholds.changes import NOTE_CHARACTERS, propose, put_in_force
from console.panel_layout import icon
from console.thresholds.history import History
from core import codec
from core.db.replica import ReplicaRead
from core.policy import Policy
from core.transactions.thresholds import BUCKETS, Thresholds

FIGURES = ("Figure", "Current", "Chosen", "Change")
CHARTS = (
    ("Money", figures.money, "block_from,review_from",
     "Money by threshold: fraud, legit and unknown at or above each score, fraud below it",
     (("good", "fraud blocked"), ("blocked", "legit blocked"), ("muted", "unknown"), ("review", "fraud below"))),
    ("Precision and recall", figures.rates, "fraud_threshold", "Precision and recall by fraud threshold",
     (("accent", "precision"), ("review", "recall among labelled"))),
    ("Score distribution", figures.scores, "review_from,block_from", "Number of predictions by score and label",
     (("muted", "unknown"), ("ok", "legit"), ("blocked", "fraud, logarithmic"))),
)  # fmt: skip


def simulator(context: PageContext, counted: ReplicaRead[History], policy: Policy | None, span: str) -> html.Div:
    """Everything that moves with the sliders; they start at what is in force."""
    profiles = _profiles(context)
    start = policy or next(iter(profiles.values()))
    curve: dict[str, Any] = msgspec.to_builtins(counted.found.curve)
    return html.Div(
        id="sim",
        className="sim",
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
    context: PageContext,
    policy: Policy | None,
    start: Policy | Thresholds,
    profiles: Mapping[str, Thresholds],
    span: str,
) -> html.Section:
    presets = [_preset("Current", start), *[_preset(name, one) for name, one in profiles.items()]]
    body = [
        _slider("review_from", "REVIEW from", "review", start.review_from, 1),
        _slider("fraud_threshold", "Fraud from", "accent", start.fraud_threshold, 1),
        _slider("block_margin", "BLOCKED offset", "blocked", start.block_from - start.fraud_threshold, 0.5),
        html.P(id="policy-words", className="sim-policy"),
        html.Div(presets, className="buttons presets"),
    ]
    if context.can("analyst"):
        note = dbc.Input(
            id="f-note", name="note", maxlength=NOTE_CHARACTERS, placeholder="Reason (kept with the proposal)",
            autocomplete="off",
        )  # fmt: skip
        why = html.Label("Reason", htmlFor="f-note", className="sr")
        form = forms.form(
            context.prefix, propose, [*_hidden("propose", span), why, note], "Save as proposal"
        )  # fmt: skip
        body.append(html.Div(form, className="sim-do"))
    if context.can("operator"):
        form = forms.form(context.prefix, put_in_force, _hidden("apply"), "Apply thresholds")
        body.append(html.Div(form, id="apply", className="sim-do", **attributes({"data-ask": "…"})))
    else:
        body.append(html.P("Only operators can apply thresholds.", className="quiet"))
    note = f"current: {policy.profile}, version {policy.version}" if policy else ""
    return _panel("Thresholds", note, html.Div(body, className="body"))


def _slider(name: str, words: str, role: str, value: float, most: float) -> html.Div:
    least = 0.0 if name == "block_margin" else 0.005
    control = dbc.Input(
        id=f"s-{name}", type="range", min=least, max=most, step=0.005, value=round(value, 3), class_name="form-range"
    )
    swatch = html.Span(className="swatch", **attributes({"aria-hidden": "true"}))
    return html.Div(
        [
            html.Label([swatch, words], htmlFor=f"s-{name}"),
            control,
            html.Output(f"{value:.3f}", id=f"o-{name}", htmlFor=f"s-{name}", className="mono"),
        ],
        className=f"slider {role}",
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


def _outcome(counted: ReplicaRead[History]) -> html.Section:
    found, behind = counted
    replica = "" if behind is None else f", from a read replica up to {behind + 1:.0f} s behind"
    note = f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC{replica}; 95 % intervals in small type"
    heads = [html.Th(words, scope="col", className="right" if at else None) for at, words in enumerate(FIGURES)]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody()], id="outcome", className="grown outcome")
    wrap = html.Div(table, className="wrap", tabIndex="0", role="region", **attributes({"aria-label": "Outcome"}))
    return _panel("Simulated outcome", note, wrap)


def _chart(
    curve: Mapping[str, Any], title: str, draw: Any, lines: str, label: str, keys: tuple[tuple[str, str], ...]
) -> html.Section:
    figure = codec.encode(draw(curve, BUCKETS)).decode()
    chart = html.Div(
        className="chart", role="figure",
        **attributes({"data-figure": figure, "data-lines": lines, "aria-label": label}),
    )  # fmt: skip
    note = [html.Span(words, className=f"key {role}") for role, words in keys]
    return _panel(title, note, html.Div(chart, className="body"))


def _panel(title: str, note: Any, body: Any) -> html.Section:
    head = html.Div([html.H2(title), html.Span(note, className="note")], className="head")
    return html.Section([head, body], className="panel sheet")


def nothing(wrong: str) -> html.Section:
    """Instead, when there is nothing to count."""
    title = "Not counted" if wrong else "Nothing to count"
    text = wrong or "No predictions in this range. Choose a longer one."
    says = html.Div([icon("bar-chart-line"), html.B(title), html.Span(text)], className="says")
    return html.Section(says, className="panel sheet")


def _three(one: Policy | Thresholds) -> dict[str, float]:
    return {name: getattr(one, name) for name in ("review_from", "fraud_threshold", "block_from")}


def _profiles(context: PageContext) -> dict[str, Thresholds]:
    return {
        name: Thresholds(one.fraud_threshold, one.review_from, round(one.fraud_threshold + one.block_margin, 6))
        for name, one in context.auth.settings.config.policy.profiles.items()
    }
