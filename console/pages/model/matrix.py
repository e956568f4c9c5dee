"""The confusion matrix of a window, its rates measured and estimated, and what the labels of it are worth."""

from typing import Any

from dash import html

from console.attributes import attributes
from console.format import NONE, percent
from console.model_page.charts import share
from console.model_page.data import Gathered
from console.model_page.status import SPANS
from console.pages.model.parts import AWAY, NO_API, Why, frame, missing, says
from console.panel_layout import icon
from core.monitoring.label_delay import LabelDelay
from core.monitoring.model import Model

CELL = "cell d-flex flex-wrap align-items-baseline align-content-center justify-content-center column-gap-2 p-1 rounded"
FLAGGED = ("flagged", "not flagged")
RATES = (("precision", "Precision"), ("recall", "Recall"), ("f1", "F1"))
ESTIMATED = (
    "Estimated intervals are valid while scores stay calibrated. Changes that the model cannot see only show in labels."
)


def matrix(found: Gathered) -> html.Section:
    """The panel."""
    model, span = found.resources.model, SPANS[found.window]
    if model is None:
        body: list[Any] = [missing(Why(AWAY, found.errors.get("model") or NO_API))]
    elif not model.maturity.labelled:
        words = (
            f"None of the {model.maturity.total:,} predictions in {span} has a label. Labels come from analysts in the "
            "review queue, chargebacks and appeals."
        )
        body = [says("clock", "No labels yet", words), _facts(model, found.resources.label_delay, found.window)]
    else:
        rates = html.P(ESTIMATED, className="text-body-secondary mb-2")
        facts = _facts(model, found.resources.label_delay, found.window)
        body = [_counts(model, span), _rates(model), rates, facts]
    return frame("p-matrix", "Confusion matrix", span, "w4", body)


def _counts(model: Model, span: str) -> html.Div:
    counted = model.matrix
    rows = [
        ("fraud", [("good", counted.tp, "caught (TP)"), ("bad", counted.fn, "missed (FN)")]),
        ("legit", [("bad", counted.fp, "false alarms (FP)"), ("good", counted.tn, "passed (TN)")]),
    ]
    heads = [html.Span("", role="columnheader"), *[html.Span(one, role="columnheader") for one in FLAGGED]]
    body = [
        _row(
            html.Span(name, role="rowheader"),
            *[
                html.Div([f"{n:,}", html.Small(words)], role="cell", className=f"{CELL} {kind}")
                for kind, n, words in cells
            ],
        )
        for name, cells in rows
    ]
    known = attributes({"aria-label": f"Confusion matrix of {span}"})
    return html.Div([_row(*heads), *body], className="matrix flex-grow-0 mb-2", id="confusion", role="table", **known)


def _row(*cells: Any) -> html.Div:
    return html.Div(list(cells), role="row", style={"display": "contents"})


def _rates(model: Model) -> html.Div:
    heads = [html.Th("Rate", scope="col")]
    heads += [html.Th(words, scope="col", className="right") for words in ("Measured", "95 %", "Estimated")]
    body = [
        html.Tr(
            [
                html.Th(words, scope="row"),
                html.Td(html.B(share(getattr(model, key))), className="right"),
                html.Td(_between(getattr(model.intervals, key)), className="right"),
                html.Td(_estimated(model, key), className="right"),
            ]
        )
        for key, words in RATES
    ]
    known = attributes({"aria-label": "Rates, measured and estimated"})
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table grown", id="rates", **known)
    region = attributes({"aria-label": "Rates", "role": "region"})
    return html.Div(table, className="overflow-auto", tabIndex="0", **region)


def _between(bounds: Any) -> str:
    return f"{share(bounds[0], 2)}–{share(bounds[1], 2)}" if bounds else NONE


def _estimated(model: Model, key: str) -> list[Any]:
    some = model.estimated
    if not some or getattr(some, key) is None:
        return [NONE]
    bounds = some.intervals.get(key)
    return [share(getattr(some, key)), *([" ", html.Small(_between(bounds))] if bounds else [])]


def _facts(model: Model, delay: LabelDelay | None, window: str) -> html.Ul:
    words: list[Any] = [
        html.B(percent(model.maturity.percent)), f" of {model.maturity.total:,} predictions have a label",
    ]  # fmt: skip
    known = delay.windows.get(window) if delay else None
    if known is not None:
        words += [
            "; about ", html.B(f"{100 * known:.0f} %"), f" of the frauds in {SPANS[window]} should be known by now",
        ]  # fmt: skip
    facts = [html.Li([icon("clock"), html.Span([*words, "."])], className="d-flex gap-2"), _blocked(model)]
    return html.Ul(facts, className="lines small", id="matrix-facts")


def _blocked(model: Model) -> html.Li:
    held = model.holdout
    if not held:
        words: list[Any] = [
            html.B(f"{model.maturity.blocked_unlabelled:,}"),
            " blocked transactions have no label and count neither as right nor as wrong; no hold-out shows what they "
            "were.",
        ]  # fmt: skip
        return html.Li([icon("slash-circle"), html.Span(words)], className="d-flex gap-2")
    words = [
        f"With blocked traffic re-weighted from {held.labelled:,} hold-out labels: precision ",
        html.B(share(held.precision, 2)), _in_brackets(held.intervals.get("precision")), ", recall ",
        html.B(share(held.recall, 2)), _in_brackets(held.intervals.get("recall")), ".",
    ]  # fmt: skip
    return html.Li([icon("eye"), html.Span(words)], className="d-flex gap-2")


def _in_brackets(bounds: Any) -> str:
    return f" ({_between(bounds)})" if bounds else ""
