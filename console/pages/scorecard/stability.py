"""The sheets of stability: PSI of the scores, CSI of the features."""

from typing import Any

from dash import html

from console import markup
from console.analytics.scorecard.stability import Stability
from console.analytics.scorecard.sums import Stable
from console.chart_panel import chart_panel
from console.figures import scorecard as figures
from console.format import NONE, number
from console.pages.scorecard import words
from console.pages.scorecard.parts import beside, fact, nothing, sentence
from console.panel import Column
from console.table import table

COLUMNS = (
    Column("name", "Feature", "text", "220px"), Column("state", "State", "state"), Column("psi", "PSI", "num"),
    Column("critical", "Critical value", "num"), Column("p", "p", "num"), Column("bins", "Bins", "int"),
    Column("n", "Rows", "int"), Column("m", "Reference", "int"), Column("beyond", "Beyond chance, of all", "text"),
)  # fmt: skip


def sheets(found: Stable) -> list[Any]:
    """PSI with the chart of its groups, and the table of features."""
    return [beside(_score(found), _groups(found)), _features(found)]


def _score(found: Stable) -> html.Section:
    title, one = "Stability of the scores", found.score
    if one is None:
        why = "this model keeps no reference of its scores: train it again, or register it with its test rows"
        return nothing("psi", title, why)
    note = f"{one.n:,} predictions against {one.m:,} of the reference; labels are not needed"
    if one.state == "few":
        return nothing("psi", title, words.stability(one)[:-1], note)
    way = "from random draws" if one.drawn else "chi-squared"
    known = {
        "PSI": fact(number(one.psi), f"critical value {number(one.critical)}, {way}"),
        "State": markup.chip(*words.STATES[one.state]),
        "p": fact("< 0.001" if one.p < 0.001 else f"{one.p:.3f}", "chance of it without a change"),
        "Score groups": fact(f"{one.bins}", "of about equal size in the reference"),
    }
    return markup.sheet("psi", title, markup.figures(known), sentence(words.stability(one)), note=note)


def _groups(found: Stable) -> html.Section | None:
    shares = found.shares
    if shares is None or not found.score or found.score.state == "few":
        return None
    names = figures.group_names(shares.starts)
    rows = [
        [name, words.percent(before), words.percent(now), f"{100 * (now - before):+.1f} pp"]
        for name, before, now in zip(names, shares.reference, shares.now, strict=True)
    ]
    return chart_panel(
        "score-groups", "Scores by group", figures.groups(shares), "Shares of the scores by group, reference and now",
        ["Scores", ">Reference", ">This period", ">Difference"], rows, note="reference: the model's test rows",
    )  # fmt: skip


def _features(found: Stable) -> html.Section:
    rows = [_row(one, found.beyond) for one in found.features]
    empty = "This model keeps no reference of its features."
    below = [html.P(words.features(found.features, found.beyond), className="px-3 py-2 m-0")] if rows else []
    return table(
        "csi", "Stability of the features (CSI)", COLUMNS, rows, empty,
        note="whole days (UTC) of the period; critical value 5 %; one Holm test over all features", above=below,
    )  # fmt: skip


def _row(one: Stability, beyond: set[str]) -> list[Any]:
    state = words.STATES[one.state]
    if one.state == "few":
        return [one.name, one.name, [*state, ""], None, None, None, one.bins, one.n, one.m, NONE]
    return [
        one.name, one.name, [*state, "drawn" if one.drawn else "chi-squared"], round(one.psi, 4),
        round(one.critical, 4), round(one.p, 4), one.bins, one.n, one.m, "yes" if one.name in beyond else "no",
    ]  # fmt: skip
