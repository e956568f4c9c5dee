"""The page Data quality (C1): missing values, types, ranges and unseen words by feature, and what values models got."""

from urllib.parse import urlencode

from dash import html

from console import analytics_parts, changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures import data_quality as figures
from console.key_figures import card, cards
from console.page import Page, PageContext, View
from console.pages.data_quality import features, reading, values
from console.pages.data_quality.reading import Found
from core.analytics.feature_quality import PROBLEMS, Counts
from core.analytics.periods import Period

PATH = "analytics/quality"
NAMES = {"missing": "Missing", "wrong_type": "Wrong type", "out_of_range": "Out of range", "unseen": "Unseen word"}


def content(context: PageContext) -> View:
    """The model with most predictions in the period, or the one of the address."""
    wanted = analytics_parts.asked(context)
    period = wanted.period
    found = analytics_parts.read(context, lambda connection: reading.read(connection, period, context.args))
    if not found.features:
        words = "No predictions with features in this period."
        more = "Data quality counts predictions that come with the values of all features of a registered model."
        return analytics_parts.page(
            context, PATH, wanted, _models(context, period, found), markup.calm("table", words, more)
        )
    chosen = values.chosen(found, context.args.get("feature"))
    return analytics_parts.page(
        context, PATH, wanted,
        _models(context, period, found),
        _cards(found),
        html.Div([column(8, _trend(context, wanted, found)), column(4, _scores(found))], className="grid mb-3"),
        features.table_of(found, period),
        html.Div(
            [column(7, values.table_of(found, period)), column(5, values.one(found, chosen))],
            className="grid my-3 align-items-start",
        ),
        features.log(found, period, chosen if context.args.get("feature") else None),
    )  # fmt: skip


def _models(context: PageContext, period: Period, found: Found) -> html.Div:
    """Which model, where there were several."""
    if len(found.models) < 2:
        return html.Div(id="models")
    ways = []
    for one in found.models:
        asked = urlencode({"model": one.version})
        query = f"{period.query}&{asked}" if period.query else f"?{asked}"
        looks = "primary" if one.version == found.version else "outline-secondary"
        words = f"Model {one.version}: {one.predictions:,}"
        ways.append(html.A(words, href=f"{context.prefix}{PATH}{query}", className=f"btn btn-sm btn-{looks}"))
    return html.Div(ways, className="d-flex flex-wrap gap-2 mb-3", id="models")


def _cards(found: Found) -> html.Div:
    whole, before = found.whole, found.whole_before
    bins = [_sum(found, at) for at in sorted(found.trend)]
    predictions = found.features[0].counts.values
    known = [(score, n) for score, n in found.scores if score >= 0]
    perfect = sum(n for score, n in known if score == 1000)
    judged = sum(n for _, n in known)
    return cards([
        card("predictions", "Predictions", format.number(predictions), "",
             f"model {found.version}, {len(found.features)} features"),
        card("complete", "Without any problem", format.percent(100 * perfect / judged) if judged else format.NONE, "",
             f"{perfect:,} of {judged:,} predictions"),
        card("missing", "Missing values", _percent(whole, "missing"), "", _was(before, "missing"),
             [one.share("missing") or 0.0 for one in bins]),
        card("unexpected", "Not as in training", _percent(whole, "unexpected"), "", _was(before, "unexpected"),
             [one.share("unexpected") or 0.0 for one in bins]),
    ])  # fmt: skip


def _trend(context: PageContext, wanted: analytics_parts.Asked, found: Found) -> html.Section:
    """Shares of values by problem over the period."""
    bins = changes.marked(context.auth.api, wanted.bins)
    at = {start * 1000 // 60_000: _sum(found, start) for start in found.trend}
    minutes = list(range(bins.first, bins.after, bins.step))
    counts = [at.get(minute, Counts()) for minute in minutes]
    figure = figures.trend({NAMES[name]: [one.share(name) for one in counts] for name in PROBLEMS}, bins)
    rows = [
        [markup.minute(minute * 60), f"{one.values:,}", *(_percent(one, name) for name in PROBLEMS)]
        for minute, one in zip(minutes, counts, strict=True)
        if one.values
    ][::-1]
    return chart_panel(
        "quality-trend", "Problems over time", figure, "Share of values with a problem, by kind of problem",
        ["From (UTC)", ">Values", *(f">{NAMES[name]}" for name in PROBLEMS)], rows, f"share of values by {bins.words}",
    )  # fmt: skip


def _scores(found: Found) -> html.Section:
    total = sum(n for _, n in found.scores)
    rows = [
        [f"{score / 1000:.3f}" if score >= 0 else "unknown", f"{n:,}", format.percent(100 * n / total)]
        for score, n in found.scores[::-1]
    ]
    return chart_panel(
        "quality-scores", "Data quality score", figures.scores(found.scores),
        "Predictions by their data quality score", ["Score", ">Predictions", ">Share"], rows,
        "share of features without a problem",
    )  # fmt: skip


def _sum(found: Found, at: int) -> Counts:
    whole = Counts()
    for one in found.trend[at].values():
        whole = whole.plus(one)
    return whole


def _percent(counts: Counts, name: str) -> str:
    share = counts.share(name)
    return format.NONE if share is None else format.percent(100 * share)


def _was(before: Counts | None, name: str) -> str:
    return "nothing is known of the period before" if before is None else f"{_percent(before, name)} the period before"


PAGE = Page(
    name="analytics-quality", path=PATH, title="Data quality", role="viewer", content=content, under="analytics",
)  # fmt: skip
