"""Whether the model is good: performance by day, the confusion matrix, how long labels take, and its card's charts."""

from typing import Any

from dash import html

from console.attributes import attributes
from console.markup import minute
from console.model_page.charts import Chart
from console.model_page.data import WINDOWS, Gathered
from console.model_page.narrative import Story
from console.page import PageContext
from console.pages.model.matrix import matrix
from console.pages.model.parts import AWAY, NO_API, Why, heading, panel

PERFORMANCE = "dots: measured by labels, 95 % bars; hollow: labels immature; band: estimated from the scores"


def parts(context: PageContext, found: Gathered, told: Story, charts: dict[str, Chart]) -> list[Any]:
    """The heading and its panels."""
    panels = [_performance(found, charts), matrix(found), _delay(found, charts), *_of_card(context, found, charts)]
    return [
        heading("good", "Quality", _windows(context, found.window), note=_whose(found, told)),
        html.Div(panels, className="story"),
    ]


def _whose(found: Gathered, told: Story) -> str:
    if told.version is None:
        return ""
    champion = found.stored.holders.get("champion")
    since = f", champion since {minute(champion.since)} UTC" if champion else ""
    return f"model {told.version}{since}"


def _windows(context: PageContext, here: str) -> html.Nav:
    links = [
        html.A(
            one,
            href=f"{context.prefix}model?window={one}#good",
            **attributes({"aria-current": "true"} if one == here else {}),
        )
        for one in WINDOWS
    ]
    return html.Nav(links, className="windows", id="windows", **attributes({"aria-label": "Window"}))


def _performance(found: Gathered, charts: dict[str, Chart]) -> html.Section:
    keys = [("good", "measured"), ("muted hollow", "measured, not all frauds known"), ("accent", "estimated")]
    if "changes" in charts:
        keys.append(("review", "changes, marked above"))
    legend = html.P([html.Span(words, className=f"key {kind}") for kind, words in keys], className="keys-of")
    why = Why("No performance yet", "No predictions are stored for the last 14 days.")
    if not found.resources.model:
        why = Why(AWAY, found.errors.get("model") or NO_API)
    return panel(
        "performance", "Precision and recall, 14 days", PERFORMANCE, "w8", charts.get("performance"), "performance",
        "Measured and estimated precision and recall of fourteen days", why, legend,
    )  # fmt: skip


def _delay(found: Gathered, charts: dict[str, Chart]) -> html.Section:
    delay = found.resources.label_delay
    note = "share with a label by age"
    if delay and delay.sampled < 99.9:
        note += f", {delay.sampled:.3g} % of the predictions read"
    why = Why("No labels yet", "This chart shows how long labels take once predictions have some.")
    if not delay:
        why = Why(AWAY, found.errors.get("label_delay") or NO_API)
    return panel(
        "delay", "Label delay", note, "w4", charts.get("delay"), "label-delay",
        "Share of predictions and of frauds that have a label by age in days", why,
    )  # fmt: skip


def _of_card(context: PageContext, found: Gathered, charts: dict[str, Chart]) -> list[html.Section]:
    away = Why(AWAY, "PostgreSQL cannot be reached.") if "PostgreSQL" in found.away else None
    without = "Models trained here have a card with {}; this model has none."
    thresholds = html.A(
        "Try other thresholds on labelled history", href=f"{context.prefix}thresholds", className="link"
    )
    return [
        panel(
            "calibration", "Calibration", "from the model card", "w4", charts.get("calibration"),
            "calibration", "Observed share of fraud by score, against the diagonal",
            away or Why("No card", without.format("its calibration")),
        ),
        panel(
            "tradeoff", "Precision against recall", "by threshold, of the model card; diamonds: measured now", "w4",
            charts.get("tradeoff"), "trade-off",
            "Precision and recall by the threshold from which a score counts as fraud",
            away or Why("No card", without.format("this trade-off")), html.P(thresholds, className="keys-of"),
        ),
    ]  # fmt: skip
