"""Amounts by decision: their distribution over bands, and their sums."""

from collections.abc import Sequence

from dash import html

from console import format, markup
from console.analytics import bands, business
from console.analytics.business import DECISIONS, Kind, Money
from console.chart_panel import chart_panel
from console.figures import business as figures
from console.panel import Column
from console.table import table

TOTALS = (
    Column("decision", "Decision", "decision", "110px"), Column("predictions", "Predictions", "int"),
    Column("usd", "Amount", "right"), Column("mean", "Mean", "right"), Column("zero", "$0", "int"),
    Column("unknown", "No amount", "int"),
)  # fmt: skip
EMPTY = "No predictions in this period. Choose a longer one."
HEADS = [
    "Amount",
    *(f">{name.capitalize()}" for name in DECISIONS),
    *(f">{name.capitalize()}, USD" for name in DECISIONS),
]


def chart(found: Sequence[Kind]) -> html.Section:
    """How the amounts of each decision are distributed."""
    by_band = business.by_band(found)
    if not by_band:
        return markup.sheet("amounts", "Amounts by decision", markup.calm("cash-stack", EMPTY))
    rows = [
        [bands.name(band), *(f"{decisions[name].predictions:,}" for name in DECISIONS),
         *(f"{decisions[name].usd:,.2f}" for name in DECISIONS)]
        for band, decisions in by_band.items()
    ]  # fmt: skip
    return chart_panel(
        "amounts", "Amounts by decision", figures.amounts(by_band),
        "The share of each decision's predictions in each amount band", HEADS, rows,
        "share of each decision's predictions; amounts of $0 and unknown ones apart",
    )  # fmt: skip


def totals(found: Sequence[Kind]) -> html.Section:
    """Sums and means of each decision; the mean is over known amounts."""
    rows = [_row(name, [one for one in found if one.decision == name]) for name in DECISIONS] if found else []
    return table("totals", "Amounts in all", TOTALS, rows, EMPTY)


def _row(name: str, found: Sequence[Kind]) -> list[object]:
    whole = business.together(one.money for one in found)
    unknown = _of(found, bands.UNKNOWN)
    known = whole.predictions - unknown.predictions
    mean = whole.usd / known if known else None
    return [
        name, name, whole.predictions, [format.money(whole.usd), whole.usd],
        [format.money(mean), -1.0 if mean is None else mean], _of(found, bands.ZERO).predictions, unknown.predictions,
    ]  # fmt: skip


def _of(found: Sequence[Kind], band: int) -> Money:
    return business.together(one.money for one in found if one.band == band)
