"""The page Fraud cost (N3): saved, lost, wrongly blocked and review cost; what is counted and what is estimated."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import html

from console import analytics_parts, markup
from console.analytics.fraud_cost import store
from console.analytics.fraud_cost.events import OTHER
from console.analytics.fraud_cost.ledger import Ledger
from console.analytics.fraud_cost.line import Figure, Line
from console.chart_panel import chart_panel
from console.figures import fraud_cost as figures
from console.key_figures import card, cards
from console.page import Page, PageContext, View
from console.pages.fraud_cost import reading, tables, words
from console.table import table
from core.fraud_cost_config import FraudCostConfig

PATH = "analytics/fraud-cost"
EVERY = 300.0
YEAR = 52  # weeks that a day and a month tell apart
SHOWN = 100  # events, those with the most money
FILE = "prices: fraud_cost.toml"
EMPTY = "No prediction in this period."


def content(context: PageContext) -> View:
    """The sentence, key figures, weeks and tables."""
    wanted = analytics_parts.asked(context)
    config = context.auth.settings.config
    prices, least = config.fraud_cost, config.policy.holdout.least_labelled
    read = analytics_parts.read(context, lambda connection: store.read(connection, wanted.period))
    found, without_amount = reading.ledger(read, prices, least)
    gaps = words.gaps(found, config.policy.holdout_share, least, prices, without_amount)
    policies = tables.policy_names(found.policies, read.policies)
    by_name = {tables.week_name(week): line for week, line in found.weeks.items()}
    view = analytics_parts.page(
        context, PATH, wanted,
        html.P(words.summary(found.whole, wanted.period, prices), className="fs-5 mb-3", id="summary"),
        html.P(words.maturity(by_name), className="text-body-secondary mb-3", id="maturity") if by_name else None,
        *[markup.said(text, "info-circle-fill", "warn", name=f"gap-{name}") for name, text in gaps.items()],
        _cards(found.whole, prices),
        _whole(found, prices),
        _weeks(found.weeks, prices),
        _groups("models", "By model", "Model", found.models, tables.model_names(found.models), prices),
        _groups("policies", "By policy", "Policy", found.policies, policies, prices, "in force at the time"),
        _events(found.events, prices),
        markup.sheet("basis", "What the figures rest on", markup.pairs(words.facts(found, prices)), note=FILE),
    )  # fmt: skip
    return replace(view, every=EVERY if view.every else 0.0)


def _cards(whole: Line, prices: FraudCostConfig) -> html.Div:
    return cards(
        [
            card(key, label, _value(figure, prices), "", _below(figure, prices))
            for key, label, figure in (
                ("saved", "Saved", whole.saved), ("lost", "Lost", whole.lost),
                ("wrong", "Wrongly blocked", whole.wrong),
            )
        ]
        + [card("review", "Review", words.money(whole.review.counted, prices), "", f"{whole.reviews:,} reviews")]
    )  # fmt: skip


def _value(figure: Figure, prices: FraudCostConfig) -> str:
    """Together; without an estimate a dash, for the whole is not known."""
    return words.money(figure.total, prices)


def _below(figure: Figure, prices: FraudCostConfig) -> str:
    counted = f"{words.money(figure.counted, prices)} counted"
    return counted if figure.total is None else f"{words.interval(figure, prices)}; {counted}"


def _whole(found: Ledger, prices: FraudCostConfig) -> html.Section:
    rows = tables.whole(found.whole, found.before, prices)
    return table("ledger", "Ledger", tables.WHOLE, rows, EMPTY, note=f"{prices.currency}; intervals of both together")


def _weeks(found: Mapping[int, Line], prices: FraudCostConfig) -> html.Section:
    short = len(found) <= YEAR
    named = {tables.week_name(week, short): line for week, line in sorted(found.items())}
    drawn = figures.weeks(named, lambda cents: words.money(cents, prices))
    about = "Money saved, lost, wrongly blocked and spent on reviews by week; what is estimated is lighter"
    note = "weeks from Monday, UTC; lighter: estimated"
    return chart_panel("weeks", "By week", drawn, about, tables.WEEK_HEADS, tables.weeks(found, prices), note)


def _groups(
    name: str, title: str, head: str, lines: Mapping[Any, Line], names: Mapping[Any, Any], prices: FraudCostConfig,
    note: str = "",
) -> html.Section:  # fmt: skip
    return table(name, title, tables.group_columns(head), tables.groups(lines, names, prices), EMPTY, note=note)


def _events(lines: Mapping[str, Line], prices: FraudCostConfig) -> html.Section:
    """Those with the most money; labels to come are not estimated by event."""
    note = "lost: counted only"
    if OTHER in lines:
        note += "; beyond 50 events an hour the rest is Other events"
    if len(lines) > SHOWN:
        note += f"; the {SHOWN} of {len(lines):,} with the most money"
    rows = tables.groups(lines, tables.event_names(lines), prices)[:SHOWN]
    return table("events", "By event", tables.group_columns("Event"), rows, EMPTY, note=note)


PAGE = Page(
    name="analytics-fraud-cost",
    path=PATH,
    title="Fraud cost",
    role="viewer",
    content=content,
    under="analytics",
)
