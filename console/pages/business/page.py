"""The page Business (C1): amounts by decision, the approval rate at one mix, profiles, events, fraud in basis points,
and what analysts decided against the score.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dash import html

from console import analytics_parts, approval_mix, changes, coarse_bins, compared, format, label_age
from console.analytics import approval, business
from console.analytics import business_reads as reads
from console.analytics.business import Bin, EventSum, Kind, Money, Said
from console.chart_panel import column
from console.compared import Line
from console.key_figures import card, cards
from console.page import Page, PageContext, View
from console.pages.business import amounts, fraud, overrides, profiles
from core import clock
from core.analytics.periods import Period
from core.db.engine import Connection

PATH = "analytics/business"


class Side(NamedTuple):
    """What is compared of a span: its predictions, and what analysts said of them."""

    kinds: list[Kind]
    said: list[Said]

    @property
    def approved(self) -> Money:
        """What was approved."""
        return business.together(one.money for one in self.kinds if one.decision == "APPROVED")


class Found(NamedTuple):
    """What the page shows of a period; `sides` are its finished hours, those before, the same weekdays before."""

    kinds: list[Kind]
    bins: list[Bin]
    events: list[EventSum]
    said: list[Said]
    sides: list[Side]


def content(context: PageContext) -> View:
    """Key figures, amounts, approval at one mix, profiles, fraud, events, overrides and a comparison."""
    wanted = analytics_parts.asked(context)
    bins = coarse_bins.coarse(wanted.period)
    found = analytics_parts.read(context, lambda connection: gather(connection, wanted.period, bins.step * 60))
    marked = changes.marked(context.auth.api, bins)
    delay = label_age.read(context.auth.api)
    now, span = clock.now(), wanted.period.span
    known = label_age.known(delay, span.start, span.end, now)
    of_bins = {one.start: label_age.known(delay, one.start, one.start + bins.step * 60, now) for one in found.bins}
    return analytics_parts.page(
        context, PATH, wanted,
        _cards(found),
        html.Div([column(7, amounts.chart(found.kinds)), column(5, amounts.totals(found.kinds))], className="grid"),
        _approval(wanted.period, found.sides),
        html.Div(
            [column(5, profiles.chart(found.bins, marked)), column(7, profiles.table_of(found.kinds))], className="grid"
        ),
        fraud.panel(found.bins, marked, of_bins, known),
        html.Div([column(7, fraud.events(found.events)), column(5, overrides.panel(found.said))], className="grid"),
        compared.panel(wanted.period, _lines(found.sides)),
    )  # fmt: skip


def gather(connection: Connection, period: Period, step: int) -> Found:
    """What the page reads, in one transaction."""
    span = period.span
    sides = [Side(reads.kinds(connection, one), reads.said(connection, one)) for one in compared.spans(period) or ()]
    return Found(
        reads.kinds(connection, span), reads.bins(connection, span, step), reads.events(connection, span),
        reads.said(connection, span), sides,
    )  # fmt: skip


def _cards(found: Found) -> html.Div:
    now = Side(found.kinds, found.said)
    approved, reviews = now.approved, overrides.judged(found.said)
    against = overrides.against(found.said)
    return cards([
        card("approved", "Amount approved", format.money(approved.usd), "", f"{approved.predictions:,} predictions"),
        card("by-amount", "Fraud, of the amount", *fraud.points(approved.by_amount),
             f"{format.money(approved.fraud_usd)} of what was approved"),
        card("by-number", "Fraud, of the number", *fraud.points(approved.by_number),
             f"{approved.frauds:,} of {approved.predictions:,}; {format.percent_of(approved.maturity)} have a label"),
        card("overrides", "Overrides", f"{against:,}", "", f"of {reviews:,} reviews decided against the score"),
    ])  # fmt: skip


def _approval(period: Period, sides: Sequence[Side]) -> html.Div | None:
    """The approval rate against the period before, plain and at one mix."""
    spans = compared.spans(period)
    if spans is None:
        return None
    found = approval.of(sides[0].kinds, sides[1].kinds)
    return approval_mix.panels(found, f"the period before, {compared.words(spans[1])}")


def _lines(sides: Sequence[Side]) -> list[Line]:
    if not sides:
        return []
    approved = [side.approved for side in sides]
    decided = [business.together(one.money for one in side.kinds) for side in sides]

    def three(values: Sequence[float | None]) -> tuple[float | None, float | None, float | None]:
        now, before, weekdays = values
        return now, before, weekdays

    rates = [one.predictions / all_of.predictions if all_of.predictions >= 50 else None
             for one, all_of in zip(approved, decided, strict=True)]  # fmt: skip
    return [
        Line("Predictions", three([float(one.predictions) for one in decided]), format.number),
        Line("Amount decided on", three([one.usd for one in decided]), format.money),
        Line("Amount approved", three([one.usd for one in approved]), format.money),
        Line("Approval rate", three(rates), format.percent_of, is_share=True),
        Line("Fraud, of the amount approved", three([one.by_amount for one in approved]), fraud.told, -1),
        Line("Fraud, of the number approved", three([one.by_number for one in approved]), fraud.told, -1),
        Line("With a label, of what was approved", three([one.maturity for one in approved]), format.percent_of,
             is_share=True),
        Line("Reviews against the score", three([overrides.share(side.said) for side in sides]), format.percent_of,
             is_share=True),
    ]  # fmt: skip


PAGE = Page(name="business", path=PATH, title="Business", role="viewer", content=content, under="analytics")
