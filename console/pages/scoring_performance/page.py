"""The page Scoring performance (C1): how long predictions took by hour and model, the slowest, and answers that are
errors, what the server did wrong apart from input that it refused.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dash import html

from console import analytics_parts, changes, coarse_bins, compared, format, markup
from console.analytics import scoring, scoring_reads
from console.analytics.scoring import Answers, Box, Code, Latencies, Latency, Slow
from console.chart_panel import chart_panel, column
from console.compared import Line
from console.figures import scoring as figures
from console.figures.bins import Bins
from console.key_figures import card, cards
from console.page import Page, PageContext, View
from console.panel import Column
from console.table import table
from core import clock
from core.analytics.periods import Period, Span
from core.db.engine import Connection

PATH = "analytics/performance"
SLOWEST = (
    Column("at", "Time (UTC)", "second"), Column("transaction", "Transaction", "txn"),
    Column("latency", "Took", "right"), Column("score", "Score", "score"),
    Column("decision", "Decision", "decision"), Column("model", "Model", "text"),
)  # fmt: skip
MODELS = (
    Column("model", "Model", "text", "130px"), Column("predictions", "Predictions", "int"),
    Column("mean", "Mean", "right"), Column("least", "Min", "right"), Column("p50", "p50", "right"),
    Column("p95", "p95", "right"), Column("p99", "p99", "right"), Column("most", "Max", "right"),
)  # fmt: skip
CODES = (
    Column("status", "Status", "mono", "110px"), Column("kind", "Kind", "text"), Column("answers", "Answers", "int"),
    Column("share", "Share of all", "right"),
)  # fmt: skip
NO_LATENCY = "No prediction of this period stored how long it took. Choose a longer period."
NO_ANSWERS = "The scoring service answered no request in this period. Choose a longer one."
HEADS = ["From (UTC)", "Model", ">Predictions", ">Min", ">p25", ">p50", ">p75", ">p95", ">p99", ">Max", ">Mean"]


class Found(NamedTuple):
    """What the page shows of a period; `sides` are its finished hours, those before, the same weekdays before."""

    latencies: Latencies
    slowest: list[Slow]
    codes: list[Code]
    sides: list[tuple[Latency, Answers]]


def content(context: PageContext) -> View:
    """Key figures, boxes of latency, errors, models, the slowest and a comparison."""
    wanted = analytics_parts.asked(context)
    bins = coarse_bins.coarse(wanted.period)
    found = analytics_parts.read(context, lambda connection: gather(connection, wanted.period, bins.step * 60))
    marked = changes.marked(context.auth.api, bins)
    answers = scoring.answers(found.codes)
    return analytics_parts.page(
        context, PATH, wanted,
        _cards(found.latencies.whole, answers),
        _latency(found.latencies, marked),
        html.Div([column(7, _errors(found.codes, marked)), column(5, _codes(found.codes, answers))], className="grid"),
        _models(found.latencies),
        _slowest(found.slowest),
        compared.panel(wanted.period, _lines(found.sides)),
        title="Scoring performance",
    )  # fmt: skip


def gather(connection: Connection, period: Period, step: int) -> Found:
    """What the page reads, in one transaction."""
    span = period.span
    return Found(
        scoring_reads.latencies(connection, span, step), scoring_reads.slowest(connection, span),
        scoring_reads.codes(connection, span, step), [_side(connection, one) for one in compared.spans(period) or ()],
    )  # fmt: skip


def _side(connection: Connection, span: Span) -> tuple[Latency, Answers]:
    length = max(1, span.end - span.start)
    return scoring_reads.whole(connection, span), scoring.answers(scoring_reads.codes(connection, span, length))


def _cards(whole: Latency, answers: Answers) -> html.Div:
    p95 = _ms(whole.p95).rpartition(" ")
    failed = _share(answers.failed_share).rpartition(" ")
    refused = _share(answers.refused_share).rpartition(" ")
    return cards([
        card("timed", "Predictions timed", format.number(whole.predictions), "", "those scored one by one"),
        card("p95", "p95 latency", p95[0] or p95[2], p95[2] if p95[0] else "",
             f"p50 {_ms(whole.p50)} · p99 {_ms(whole.p99)} · max {_ms(whole.most)}"),
        card("failed", "Server errors", failed[0] or failed[2], failed[2] if failed[0] else "",
             f"{answers.failed:,} of {answers.requests:,} requests"),
        card("refused", "Refused input (422)", refused[0] or refused[2], refused[2] if refused[0] else "",
             f"{answers.refused:,} requests; {answers.others:,} others with 4xx"),
    ])  # fmt: skip


def _latency(found: Latencies, bins: Bins) -> html.Section:
    if not found.boxes:
        return markup.sheet("latency", "Latency", markup.calm("hourglass", NO_LATENCY))
    rows = [_box(one) for one in found.boxes[::-1]]
    return chart_panel(
        "latency", "Latency by time and model", figures.latency(found.boxes, bins),
        f"Quartiles, minimum and maximum of latency in bins of one {bins.words}, by model", HEADS, rows,
        f"box: quartiles, whiskers: min and max; bins of {bins.words}, UTC",
    )  # fmt: skip


def _box(one: Box) -> list[str]:
    known = one.latency
    return [
        f"{clock.to_datetime(one.start):%Y-%m-%d %H:%M}", figures.model_name(one.model), f"{known.predictions:,}",
        *(_ms(value) for value in (known.least, known.p25, known.p50, known.p75, known.p95, known.p99, known.most,
                                   known.mean)),
    ]  # fmt: skip


def _errors(codes: Sequence[Code], bins: Bins) -> html.Section:
    bad = [one for one in codes if figures.group(one.status)]
    starts = [clock.to_datetime(at * 60) for at in range(bins.first, bins.after, bins.step)]
    rows = [
        [f"{at:%Y-%m-%d %H:%M}", *(f"{one.bins[place]:,}" for one in bad)]
        for place, at in enumerate(starts)
        if any(one.bins[place] for one in bad)
    ]
    return chart_panel(
        "errors", "Errors of the scoring service", figures.errors(bad, bins),
        f"Answers that are errors in bins of one {bins.words}: server errors, refused input, other 4xx",
        ["From (UTC)", *(f">{_status(one.status)}" for one in bad)], rows[::-1],
        f"bins of {bins.words}, UTC" if bad else "none in this period",
    )  # fmt: skip


def _codes(codes: Sequence[Code], answers: Answers) -> html.Section:
    rows = [
        [_status(one.status), _status(one.status), figures.group(one.status) or "answered", one.answers,
         [_share(one.answers / answers.requests), one.answers / answers.requests]]
        for one in codes
    ]  # fmt: skip
    return table("codes", "Answers by status", CODES, rows, NO_ANSWERS, note="single and batch requests")


def _models(found: Latencies) -> html.Section:
    rows = [
        [str(model), figures.model_name(model), one.predictions, *([_ms(value), value] for value in (
            one.mean, one.least, one.p50, one.p95, one.p99, one.most))]
        for model, one in found.models.items()
    ]  # fmt: skip
    return table("models", "Latency by model", MODELS, rows, NO_LATENCY)


def _slowest(found: Sequence[Slow]) -> html.Section:
    rows = [
        [one.transaction_id, int(one.at.timestamp() * 1000), one.transaction_id, [_ms(one.latency_ms), one.latency_ms],
         one.score, one.decision, figures.model_name(one.model)]
        for one in found
    ]  # fmt: skip
    return table("slowest", "Ten slowest predictions", SLOWEST, rows, NO_LATENCY)


def _lines(sides: Sequence[tuple[Latency, Answers]]) -> list[Line]:
    if not sides:
        return []

    def line(name: str, values: Sequence[float | None], words: Any, better: int = -1, is_share: bool = False) -> Line:
        now, before, weekdays = values
        return Line(name, (now, before, weekdays), words, better, is_share)

    latencies, answers = [one for one, _ in sides], [one for _, one in sides]
    return [
        line("Predictions timed", [float(one.predictions) for one in latencies], format.number, 0),
        *(
            line(f"{name} latency", [getattr(one, name) for one in latencies], _ms)
            for name in ("p50", "p95", "p99")
        ),
        line("Requests", [float(one.requests) for one in answers], format.number, 0),
        line("Server errors", [one.failed_share for one in answers], _share, is_share=True),
        line("Refused input (422)", [one.refused_share for one in answers], _share, is_share=True),
    ]  # fmt: skip


def _ms(value: float | None) -> str:
    return format.milliseconds(value)


def _share(value: float | None) -> str:
    """A share in percent; one that is not 0 never reads 0."""
    if value is None:
        return format.NONE
    return "0 %" if not value else "< 0.01 %" if value < 1e-4 else format.percent(100 * value)


def _status(status: int) -> str:
    return "no answer" if status == 0 else str(status)


PAGE = Page(
    name="scoring-performance",
    path=PATH,
    title="Scoring performance",
    role="viewer",
    content=content,
    under="analytics",
)
