"""The page Overview (C1): volume by hour, decisions, scores with every threshold that was in force, confidence."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import analytics_parts, changes
from console.chart_panel import chart_panel, column
from console.figures import analytics as figures
from console.figures.analytics import DECISIONS, Line
from console.figures.bins import MINUTE, Bins
from console.page import Page, PageContext, View
from console.pages.analytics import reading, words
from console.pages.analytics.reading import BINS, NOTHING, Overview, PolicySpan
from console.panel import Column
from console.table import plain_table
from core import clock
from core.analytics.rates import LEAST, Decided

PATH = "analytics/overview"
HEADS = ["Decision", "Predictions", "Share"]
TIMES = (1, 2, 3, 6, 12, 24, 168)  # how many bins of a chart make one of the approval rate
CALM = "No predictions in this period. Choose a longer one; scoring requests and events of kind prediction count here."


def content(context: PageContext) -> View:
    """Charts of the period."""
    wanted = analytics_parts.asked(context)
    found = analytics_parts.read(context, lambda connection: reading.overview(connection, wanted.period))
    left = analytics_parts.left_out(found.replayed)
    if not found.total.total:
        return analytics_parts.page(context, PATH, wanted, analytics_parts.nothing(CALM), left)
    bins = changes.marked(context.auth.api, wanted.bins)
    charts = html.Div(
        [
            column(8, _volume(found, bins)), column(4, _decisions(found)), column(8, _approval(found, bins)),
            column(4, _confidence(found)), column(12, _scores(found)),
        ],
        className="grid",
    )  # fmt: skip
    return analytics_parts.page(context, PATH, wanted, charts, left)


def _by_bin(found: Overview, bins: Bins) -> list[Decided]:
    starts = range(bins.first * 60, bins.after * 60, bins.step * 60)
    return [found.bins.get(at, NOTHING) for at in starts]


def _times(bins: Bins) -> list[str]:
    half = bins.step * MINUTE // 2
    return [f"{clock.to_datetime((at - half) / 1000):%Y-%m-%d %H:%M}" for at in bins.times]


def _volume(found: Overview, bins: Bins) -> html.Section:
    known = _by_bin(found, bins)
    rows = [
        [at, *(f"{value:,}" for value in (one.approved, one.review, one.blocked, one.held))]
        for at, one in zip(_times(bins), known, strict=True)
        if one.total
    ]
    return chart_panel(
        "volume", f"Predictions by {bins.words}", figures.volume(known, bins), f"Predictions by {bins.words}",
        ["Time (UTC)", ">Approved", ">Review", ">Blocked", ">Held out"], rows[::-1], "UTC",
    )  # fmt: skip


def _approval(found: Overview, bins: Bins) -> html.Section:
    bins, known = wider(bins, _by_bin(found, bins))
    rows = [
        [at, words.rate(one), words.interval(one), f"{one.total:,}"]
        for at, one in zip(_times(bins), known, strict=True)
        if one.total
    ]
    return chart_panel(
        "approval", "Approval rate", figures.approval(known, bins), "The approval rate with its 95 % interval",
        ["Time (UTC)", ">Approval rate", ">95 % interval", ">Decided"], rows[::-1],
        f"{words.rate(found.total)}, 95 %: {words.interval(found.total)}; by {bins.words}, {words.FEW}",
    )  # fmt: skip


def wider(bins: Bins, found: Sequence[Decided]) -> tuple[Bins, list[Decided]]:
    """Bins so many times as wide that most have enough for a rate."""
    total = sum(one.total for one in found)
    times = next((times for times in TIMES if total * times >= 2 * LEAST * len(found)), TIMES[-1])
    step = times * bins.step
    first = bins.first // step * step
    ahead = (bins.first - first) // bins.step
    whole = [*[NOTHING] * ahead, *found]
    made = [reading.summed(whole[at : at + times]) for at in range(0, len(whole), times)]
    return bins._replace(first=first, after=first + len(made) * step, step=step), made


def _decisions(found: Overview) -> html.Section:
    """The donut, and its table always in sight."""
    total = found.total
    rows = [
        [label, f"{getattr(total, key):,}", f"{100 * getattr(total, key) / total.total:.2f} %"]
        for key, label, _ in DECISIONS
    ]
    rows.insert(2, ["of them held out", f"{total.held:,}", f"{100 * total.held / total.total:.2f} %"])
    columns = (
        Column("decision", HEADS[0]),
        Column("predictions", HEADS[1], "right"),
        Column("share", HEADS[2], "right"),
    )
    return chart_panel(
        "decisions", "Decisions", figures.donut(total), "Predictions by decision",
        [HEADS[0], f">{HEADS[1]}", f">{HEADS[2]}"], rows, f"{total.total:,} decided",
        below=plain_table("decision-rows", "Decisions", columns, [[at, *row] for at, row in enumerate(rows)]),
    )  # fmt: skip


def _confidence(found: Overview) -> html.Section:
    known = list(found.confidence.items())
    rows = [
        [name, f"{one.total:,}", f"{100 * one.total / found.total.total:.2f} %",
         *(f"{value:,}" for value in (one.approved, one.review, one.blocked))]
        for name, one in known
    ]  # fmt: skip
    return chart_panel(
        "confidence", "Confidence", figures.confidence(known), "Predictions by confidence and decision",
        ["Confidence", ">Predictions", ">Share", ">Approved", ">Review", ">Blocked"], rows,
        "distance from the nearest threshold: LOW up to 0.10, MEDIUM up to 0.20",
    )  # fmt: skip


def _scores(found: Overview) -> html.Section:
    rows: list[Sequence[Any]] = [
        [
            f"{place / BINS:.2f} to {(place + 1) / BINS:.2f}",
            *(f"{found.scores[key][place]:,}" for key, _, _ in DECISIONS),
        ]
        for place in range(BINS)
    ]
    lines = thresholds(found.policies)
    told = ", ".join(f"v{one.version} {one.profile}" for one in found.policies[-4:])
    return chart_panel(
        "scores", "Scores", figures.scores(found.scores, lines), "Predictions by score and decision",
        ["Score", ">Approved", ">Review", ">Blocked"], rows,
        f"logarithmic; thresholds of policy {told}" if told else "logarithmic; no policy was in force",
    )  # fmt: skip


def thresholds(policies: Sequence[PolicySpan]) -> list[Line]:
    """Every threshold that was in force, with the versions that had it, by score."""
    found: dict[tuple[float, str], list[int]] = {}
    for one in policies:
        for at, kind in ((one.review_from, "review"), (one.fraud_threshold, "fraud"), (one.block_from, "block")):
            found.setdefault((at, kind), []).append(one.version)
    roles = {"review": "review", "fraud": "accent", "block": "blocked"}
    return [
        Line(at, f"{kind} from {at:.3g}{_versions(versions) if len(policies) > 1 else ''}", roles[kind])
        for (at, kind), versions in sorted(found.items())
    ]


def _versions(versions: Sequence[int]) -> str:
    return f" (v{versions[0]})" if len(versions) == 1 else f" (v{versions[0]} to v{versions[-1]})"


PAGE = Page(
    name="analytics-overview", path=PATH, title="Overview", role="viewer", content=content, under="analytics",
)  # fmt: skip
