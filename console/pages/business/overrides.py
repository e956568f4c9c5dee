"""Overrides: what analysts decided against the score, and how often a chargeback or an appeal then said otherwise."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dash import html

from console import format
from console.analytics.business import Said
from console.panel import Column
from console.table import table

COLUMNS = (
    Column("decision", "Decision", "decision", "96px"), Column("score", "Score said", "text"),
    Column("said", "Analyst said", "text"), Column("reviews", "Reviews", "int"), Column("usd", "Amount", "right"),
    Column("contradicted", "Contradicted", "int"),
)  # fmt: skip
EMPTY = "No prediction of this period has an analyst's label. Analysts label in the review queue."


def panel(found: Sequence[Said]) -> html.Section:
    """Reviews by decision, by what the score said and by what the analyst said; those against the score first."""
    sums: dict[tuple[bool, str, bool, str], list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for one in found:
        total = sums[not one.is_override, one.decision, one.flagged, one.said]
        total[0] += one.predictions
        total[1] += one.usd
        total[2] += one.predictions * one.contradicted
    rows = [_row(key, *total) for key, total in sorted(sums.items())]
    note = f"{against(found):,} of {judged(found):,} against the score" if found else ""
    return table("reviews", "Overrides", COLUMNS, rows, EMPTY, note=note)


def judged(found: Sequence[Said]) -> int:
    """Reviews in which the analyst was sure."""
    return sum(one.predictions for one in found if one.said != "unsure")


def against(found: Sequence[Said]) -> int:
    """Reviews decided against the score."""
    return sum(one.predictions for one in found if one.is_override)


def share(found: Sequence[Said]) -> float | None:
    """Of those in which the analyst was sure, the share against the score."""
    whole = judged(found)
    return against(found) / whole if whole else None


def _row(key: tuple[bool, str, bool, str], reviews: float, usd: float, contradicted: float) -> list[Any]:
    agrees, decision, flagged, said = key
    words = said if agrees else f"{said}, an override"
    return [
        f"{decision}-{flagged}-{said}", decision, "fraud" if flagged else "legit", words, int(reviews),
        [format.money(usd), usd], int(contradicted),
    ]  # fmt: skip
