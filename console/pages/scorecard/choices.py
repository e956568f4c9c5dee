"""The sheets of decisions: swap sets of two policies and of a challenger, and overrides."""

from typing import Any

from dash import html

from console import markup
from console.analytics.scorecard import overrides, swaps
from console.analytics.scorecard.overrides import Overrides
from console.analytics.scorecard.swaps import Swap, SwapSet
from console.format import NONE
from console.pages.scorecard import words
from console.pages.scorecard.parts import fact, sentence
from console.pages.scorecard.reading import Found
from console.panel import Column
from console.table import table

COLUMNS = (
    Column("swap", "Goes from", "text", "240px"), Column("n", "Transactions", "int"),
    Column("share", "Of all", "right"), Column("labelled", "Labelled", "int"), Column("frauds", "Frauds", "int"),
    Column("rate", "Fraud rate", "right"), Column("between", "95 % interval", "right"),
)  # fmt: skip
NAMES = {"APPROVED": "approved", "REVIEW": "review", "BLOCKED": "blocked"}


def sheets(found: Found) -> list[Any]:
    """All of them."""
    return [_policies(found), _challenger(found), _overrides(found.overridden, _maturity(found))]


def _policies(found: Found) -> html.Section:
    title, swapped = "Swap set of two policies", found.swapped
    if swapped is None:
        return table("swap-policies", title, COLUMNS, [], "No policy is in force yet.")
    before, after = found.policies[found.choice.before], found.policies[found.choice.after]
    note = f"{before[0]} → {after[0]}; {_maturity(found)}"
    said = _said(swapped.swap_set)
    if swapped.moved:
        moved = ", ".join(f"{one:g}" for one in swapped.moved)
        said += f" Thresholds between two score bins are counted at the nearest edge: {moved}."
    empty = "Both policies decide every transaction of the period alike."
    return table("swap-policies", title, COLUMNS, _rows(swapped.swap_set), empty, note=note, above=[_above(said)])


def _challenger(found: Found) -> html.Section:
    title = "Swap set of two models"
    if found.challenged is None:
        empty = "No challenger ran in shadow mode in this period, so there is nothing to compare."
        return table("swap-models", title, COLUMNS, [], empty)
    note = f"champion → model {found.choice.challenger}, on the same transactions; {_maturity(found)}"
    empty = "Champion and challenger decided every transaction of the period alike."
    return table(
        "swap-models",
        title,
        COLUMNS,
        _rows(found.challenged),
        empty,
        note=note,
        above=[_above(_said(found.challenged))],
    )


def _maturity(found: Found) -> str:
    share = f"{100 * found.labelled / found.predictions:.0f} % labelled" if found.predictions else "no predictions"
    return f"{share}, mature" if found.is_mature else f"{share}, not mature: rates may still rise"


def _said(found: SwapSet) -> str:
    if not found.n:
        return "There are no scores in this period."
    moved = found.n - found.same
    share = 100 * moved / found.n
    return (
        f"{moved:,} of {found.n:,} transactions ({share:.1f} %) would be decided differently. Rates are of labelled "
        f"ones; under {swaps.MINIMUM} labelled there is no rate."
    )


def _above(text: str) -> html.P:
    return html.P(text, className="px-3 py-2 m-0")


def _rows(found: SwapSet) -> list[list[Any]]:
    return [_row(one, found.n) for one in found.swaps]


def _row(one: Swap, n: int) -> list[Any]:
    name = f"{NAMES[one.before]} to {NAMES[one.after]}"
    return [
        name, name, one.n, [words.percent(one.n / n), one.n], one.labelled, one.frauds,
        [words.percent(one.rate), -1.0 if one.rate is None else one.rate],
        [words.percents(one.low, one.high), -1.0 if one.low is None else one.low],
    ]  # fmt: skip


def _overrides(found: list[Overrides], maturity: str) -> html.Section:
    title = "Overrides"
    if not any(one.reviewed for one in found):
        why = "analysts labelled none of this model's predictions in this period"
        return markup.sheet("overrides", title, markup.calm("person-check", NONE, f"{why[:1].upper()}{why[1:]}."))
    parts: list[Any] = []
    for one in found:
        what = "Flagged, released by an analyst" if one.flagged else "Not flagged, called fraud by an analyst"
        known = {
            what: fact(words.percent(one.rate), words.percents(one.rate_low, one.rate_high)),
            "Overridden": fact(f"{one.overridden:,}", f"of {one.reviewed:,} reviewed"),
            "Analyst was right": fact(words.percent(one.share), words.percents(one.low, one.high)),
            "Judged": fact(f"{one.judged:,}", "by an appeal or a chargeback"),
        }
        parts += [markup.figures(known), sentence(words.overridden(one))]
    note = f"shares need {overrides.MINIMUM} reviewed or judged; judged ones are no random choice; {maturity}"
    return markup.sheet("overrides", title, *parts, note=note)
