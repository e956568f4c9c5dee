"""The simulator: sliders, what they would have done, and three charts.

`assets/js/pages/thresholds.js` puts what the sliders say into the address and asks for the page anew.
"""

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
import msgspec
from dash import dcc, html
from msgspec import structs

from console import forms
from console.attributes import attributes
from console.figures import thresholds as figures
from console.looks import NOTE, SAYS
from console.page import PageContext
from console.pages.thresholds.changes import NOTE_CHARACTERS, propose, put_in_force
from console.pages.thresholds.outcome import asks, compared, in_words
from console.panel_layout import icon
from console.thresholds.history import History
from core import codec
from core.db.replica import ReplicaRead
from core.errors import BadInput
from core.policy import Policy
from core.transactions.thresholds import BUCKETS, ThresholdEffect, Thresholds, checked, outcome

SLIDERS = "sliders,"
CHARTS = (
    ("Money", figures.money, ("block_from", "review_from"),
     "Money by threshold: fraud, legit and unknown at or above each score, fraud below it",
     (("good", "fraud blocked"), ("blocked", "legit blocked"), ("muted", "unknown"), ("review", "fraud below"))),
    ("Precision and recall", figures.rates, ("fraud_threshold",), "Precision and recall by fraud threshold",
     (("accent", "precision"), ("review", "recall among labelled"))),
    ("Score distribution", figures.scores, ("review_from", "block_from"),
     "Number of predictions by score and label",
     (("muted", "unknown"), ("ok", "legit"), ("blocked", "fraud, logarithmic"))),
)  # fmt: skip


def simulator(context: PageContext, counted: ReplicaRead[History], policy: Policy | None, span: str) -> html.Div:
    """What the thresholds of the address would have done; the sliders start at what is in force."""
    profiles = _profiles(context)
    start = policy or next(iter(profiles.values()))
    force = Thresholds(start.fraud_threshold, start.review_from, start.block_from)
    chosen = chosen_of(context.args.get("t", "")) or force
    curve: dict[str, Any] = msgspec.to_builtins(counted.found.curve)
    then = outcome(counted.found.curve, chosen)
    return html.Div(
        id="sim",
        className="grid mb-3",
        children=[
            _sliders(context, policy, force, chosen, then, span),
            _outcome(counted, outcome(counted.found.curve, force), then),
            *[_chart(curve, force, chosen, *one) for one in CHARTS],
        ],
    )


def chosen_of(text: str) -> Thresholds | None:
    """Thresholds as an address has them: REVIEW from, fraud from, BLOCKED from; None where they are none.

    After the word `sliders` the last is how far BLOCKED is above fraud.
    """
    try:
        review, fraud, block = map(float, text.removeprefix(SLIDERS).split(","))
        if text.startswith(SLIDERS):
            block = min(1.0, fraud + block)
            review = min(review, block)
        return checked(fraud, review, block)
    except (ValueError, BadInput):
        return None


def _sliders(
    context: PageContext, policy: Policy | None, force: Thresholds, chosen: Thresholds, then: ThresholdEffect, span: str
) -> html.Section:
    presets = [_preset("Current", ""), *[_preset(name, _text_of(one)) for name, one in _profiles(context).items()]]
    body = [
        _slider("review_from", "REVIEW from", "review", chosen.review_from, 1),
        _slider("fraud_threshold", "Fraud from", "accent", chosen.fraud_threshold, 1),
        _slider("block_margin", "BLOCKED offset", "blocked", chosen.block_from - chosen.fraud_threshold, 0.5),
        html.P(in_words(chosen, then), id="policy-words", className="my-2 text-body-secondary"),
        html.Div(presets, className="buttons mb-3"),
    ]
    if context.can("analyst"):
        note = dbc.Input(
            id="f-note", name="note", maxlength=NOTE_CHARACTERS, placeholder="Reason (kept with the proposal)",
            autocomplete="off",
        )  # fmt: skip
        why = html.Label("Reason", htmlFor="f-note", className="visually-hidden")
        fields = [*_hidden("propose", chosen, span), why, note]
        body.append(html.Div(forms.form(context.prefix, propose, fields, "Save as proposal"), className="sim-do"))
    if context.can("operator"):
        fields = _hidden("apply", chosen)
        form = forms.form(context.prefix, put_in_force, fields, "Apply thresholds", ask=asks(chosen, then))
        body.append(html.Div(form, id="apply", className="sim-do"))
    else:
        body.append(html.P("Only operators can apply thresholds.", className="text-body-secondary mb-2"))
    note = f"current: {policy.profile}, version {policy.version}" if policy else ""
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


def _preset(words: str, preset: str) -> html.Button:
    return html.Button(
        words, type="button", className="btn btn-sm btn-secondary", **attributes({"data-preset": preset})
    )


def _hidden(form: str, chosen: Thresholds, span: str = "") -> list[Any]:
    """The fields that the sliders fill."""
    values = {name: str(value) for name, value in structs.asdict(chosen).items()} | ({"span": span} if span else {})
    return [dcc.Input(type="hidden", id=f"{form}-{name}", name=name, value=value) for name, value in values.items()]


def _outcome(counted: ReplicaRead[History], now: ThresholdEffect, then: ThresholdEffect) -> html.Section:
    found, behind = counted
    replica = "" if behind is None else f", from a read replica up to {behind + 1:.0f} s behind"
    note = f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC{replica}; 95 % intervals in small type"
    wrap = html.Div(
        compared(now, then), className="wrap", tabIndex="0", role="region", **attributes({"aria-label": "Outcome"})
    )
    return _panel("Simulated outcome", note, wrap)


def _chart(
    curve: Mapping[str, Any], force: Thresholds, chosen: Thresholds, title: str, draw: Any, lines: tuple[str, ...],
    label: str, keys: tuple[tuple[str, str], ...],
) -> html.Section:  # fmt: skip
    figure = draw(curve, BUCKETS)
    figure["layout"] |= figures.marked(lines, structs.asdict(force), structs.asdict(chosen))
    chart = html.Div(
        className="chart", role="figure", style={"minHeight": 230},
        **attributes({"data-figure": codec.encode(figure).decode(), "aria-label": label}),
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
    text = wrong or "No predictions in this range. Choose a longer one."
    says = html.Div([icon("bar-chart-line"), html.B(title), html.Span(text)], className=SAYS)
    return html.Section(says, className="panel sheet card")


def _text_of(one: Thresholds) -> str:
    """Thresholds for an address."""
    return f"{one.review_from:g},{one.fraud_threshold:g},{one.block_from:g}"


def _profiles(context: PageContext) -> dict[str, Thresholds]:
    return {
        name: Thresholds(one.fraud_threshold, one.review_from, round(one.fraud_threshold + one.block_margin, 6))
        for name, one in context.auth.settings.config.policy.profiles.items()
    }
