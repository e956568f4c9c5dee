"""Fraud in basis points of the amount and of the number approved, how far its labels are there, and by event."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from console import format
from console.analytics import business
from console.analytics.business import Bin, EventSum
from console.chart_panel import chart_panel
from console.figures import business as figures
from console.figures.bins import Bins
from console.panel import Column
from console.table import table
from core import clock

HEADS = ["From (UTC)", ">Approved", ">USD", ">With a label", ">Frauds", ">Fraud, USD", ">bp of amount", ">bp of number",
         ">Frauds known by now"]  # fmt: skip
EVENTS = (
    Column("event", "Event", "text", "180px"), Column("transactions", "Transactions", "int"),
    Column("transfers", "Transfers", "int"), Column("usd", "Amount", "right"), Column("fee", "Fees", "right"),
    Column("frauds", "Frauds", "int"), Column("by_amount", "bp of amount", "right"),
    Column("labelled", "With a label", "right"),
)  # fmt: skip
NO_EVENTS = "No completed transactions in this period. Choose a longer one."
MOST_EVENTS = 200


def panel(found: Sequence[Bin], bins: Bins, known: Mapping[int, float | None], of_period: float | None) -> html.Section:
    """Fraud of what was approved, over time, with how many of its frauds should be known by now."""
    by_start = {one.start: one for one in found}
    starts = [start * 60 for start in range(bins.first, bins.after, bins.step)]
    money = [by_start[start].approved if start in by_start else None for start in starts]
    drawn = figures.fraud(
        [one and one.by_amount for one in money], [one and one.by_number for one in money],
        [known.get(start) for start in starts], bins,
    )  # fmt: skip
    rows = [
        [f"{clock.to_datetime(one.start):%Y-%m-%d %H:%M}", f"{one.approved.predictions:,}", f"{one.approved.usd:,.2f}",
         f"{one.approved.labelled:,}", f"{one.approved.frauds:,}", f"{one.approved.fraud_usd:,.2f}",
         told(one.approved.by_amount), told(one.approved.by_number), format.percent_of(known.get(one.start))]
        for one in found[::-1]
    ]  # fmt: skip
    return chart_panel(
        "fraud", "Fraud in basis points", drawn,
        f"Fraud of what was approved, in basis points, in bins of one {bins.words}", HEADS, rows,
        maturity(business.together(one.approved for one in found).maturity, of_period),
    )  # fmt: skip


def maturity(labelled: float | None, known: float | None) -> str:
    """How far the labels are there, in words."""
    if labelled is None:
        return "nothing approved in this period"
    words = f"of what was approved; {format.percent_of(labelled)} have a label"
    if known is None:
        return f"{words}; too few labels to say how many frauds are still unknown"
    return f"{words}; about {100 * known:.0f} % of its frauds are known by now"


def events(found: Sequence[EventSum]) -> html.Section:
    """The ticketed events with the largest amounts."""
    rows = [_event(one) for one in found[:MOST_EVENTS]]
    more = f"; {len(found) - MOST_EVENTS:,} smaller ones are not listed" if len(found) > MOST_EVENTS else ""
    return table("events", "Ticketed events", EVENTS, rows, NO_EVENTS, note=f"completed transactions{more}")


def _event(one: EventSum) -> list[Any]:
    money, name = one.money, one.event_id or "no event named"
    return [
        one.event_id or "-", name, money.predictions, one.transfers, [format.money(money.usd), money.usd],
        [format.money(one.fee_usd), one.fee_usd], money.frauds,
        [told(money.by_amount), -1.0 if money.by_amount is None else money.by_amount],
        [format.percent_of(money.maturity), money.maturity or 0.0],
    ]  # fmt: skip


def told(value: float | None) -> str:
    """Basis points in words."""
    return format.NONE if value is None else f"{value:,.1f} bp"


def points(value: float | None) -> tuple[str, str]:
    """The same as value and unit."""
    return (format.NONE, "") if value is None else (f"{value:,.1f}", "bp")
