"""Reads of the page Business, from the sums by hour."""

from collections import defaultdict

from console.analytics.business import DECISIONS, Bin, EventSum, Kind, Money, Said
from core.analytics.periods import Span
from core.db.engine import Connection
from core.db.queries import query


def kinds(connection: Connection, span: Span) -> list[Kind]:
    """The predictions of a span by whatever is told apart."""
    return [
        Kind(decision, normal, profile, band, reported, Money(*money))
        for decision, normal, profile, band, reported, *money in connection.execute(
            query("amounts.kinds"), span.given_by_days
        )
    ]


def bins(connection: Connection, span: Span, step: int) -> list[Bin]:
    """The predictions of a span in bins of `step` seconds, those without any left out."""
    decided: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(DECISIONS, 0))
    as_normal: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(DECISIONS, 0))
    approved: dict[int, Money] = defaultdict(Money)
    for start, decision, normal, *money in connection.execute(query("amounts.bins"), {**span.given, "step": step}):
        one = Money(*money)
        decided[start][decision] += one.predictions
        as_normal[start][normal] += one.predictions
        if decision == "APPROVED":
            approved[start] = approved[start].plus(one)
    return [Bin(start, decided[start], as_normal[start], approved[start]) for start in sorted(decided)]


def events(connection: Connection, span: Span) -> list[EventSum]:
    """The ticketed events of a span, those with the largest amount first."""
    return [
        EventSum(event_id, transfers, fee, Money(*money))
        for event_id, transfers, fee, *money in connection.execute(query("events.totals"), span.given_by_days)
    ]


def said(connection: Connection, span: Span) -> list[Said]:
    """What analysts said of the predictions of a span."""
    return [Said(*row) for row in connection.execute(query("reviews.totals"), span.given)]
