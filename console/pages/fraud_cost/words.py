"""What the page Fraud cost says in words: money, intervals, the sentence for finance, and what cannot be known."""

from collections.abc import Mapping

from console import format
from console.analytics.fraud_cost.ledger import LEAST_LATE, Ledger
from console.analytics.fraud_cost.line import Figure, Line
from core.analytics.periods import Period
from core.fraud_cost_config import FraudCostConfig

MATURE = 0.95  # share of the lost frauds of a week that are known, from which on it is complete
SAID = 4  # weeks that are named
PERIODS = {"24h": "In the last 24 hours", "7d": "In the last 7 days", "30d": "In the last 30 days", "all": "So far"}


def money(cents: float | None, prices: FraudCostConfig) -> str:
    """An amount to read; a dash for none."""
    if cents is None:
        return format.NONE
    if prices.currency == "USD":
        return format.money(cents / 100)
    return format.money(cents / 100).replace("$", f"{prices.currency} ")


def interval(figure: Figure, prices: FraudCostConfig) -> str:
    """The 95 % interval; a dash for none."""
    if figure.low is None or figure.high is None:
        return format.NONE
    return f"{money(figure.low, prices)} to {money(figure.high, prices)}"


def summary(whole: Line, period: Period, prices: FraudCostConfig) -> str:
    """The sentence for finance."""
    when = PERIODS.get(period.name) or "In this period"
    saved = f"{when} Gatehouse saved {_about(whole.saved, prices)}"
    lost = f"and {_about(whole.lost, prices)} was lost to fraud"
    wrong = f"Blocking honest customers cost {_about(whole.wrong, prices)}"
    return f"{saved}, {lost}. {wrong}, and reviews cost {money(whole.review.counted, prices)}."


def _about(figure: Figure, prices: FraudCostConfig) -> str:
    if figure.total is None:
        return f"at least {money(figure.counted, prices)}"
    return f"about {money(figure.total, prices)} ({interval(figure, prices)})"


def maturity(weeks: Mapping[str, Line]) -> str:
    """Which weeks are not mature yet, the newest first; nothing where all are."""
    young = [(name, line.mature) for name, line in weeks.items() if line.mature is not None and line.mature < MATURE]
    if not young:
        return ""
    parts = [f"{100 * known:.0f} % of the week from {name}" for name, known in sorted(young, reverse=True)[:SAID]]
    more = f", less than {100 * MATURE:.0f} % of {len(young) - SAID} older ones" if len(young) > SAID else ""
    return (
        f"Of the frauds that went through, a label is there for about {', '.join(parts)}{more}; the rest is estimated."
    )


def gaps(found: Ledger, share: float, least_held: int, prices: FraudCostConfig, without_amount: int) -> dict[str, str]:
    """By a name, what cannot be said and why."""
    told: dict[str, str] = {}
    whole = found.whole
    if whole.saved.estimated is None and whole.unknown_n:
        blocked = (
            f"What {whole.unknown_n:,} blocked transactions of {money(whole.unknown_cents, prices)} were is unknown"
        )
        told["holdout"] = f"{blocked}: {_why_no_share(found, share, least_held)} Only what has a label is counted."
    if whole.lost.estimated is None:
        told["late"] = (
            f"Labels still to come are not estimated: {found.delays:,} frauds that went through have a label, and"
            f" {LEAST_LATE} are needed to know how late labels come."
        )
    if found.uncovered and whole.saved.estimated is not None:
        told["uncovered"] = (
            f"{found.uncovered:,} blocked transactions of {money(found.uncovered_cents, prices)} have scores that the"
            " hold-out never has (the threat list blocks at any score). They are not estimated."
        )
    if without_amount:
        told["amounts"] = f"{without_amount:,} predictions came without an amount and count as 0."
    return told


def _why_no_share(found: Ledger, share: float, least_held: int) -> str:
    if not found.held:
        off = "there is no hold-out (holdout_share in policy.toml is 0)"
        return f"{off}." if share <= 0 else "the hold-out has not let any through yet."
    return f"the hold-out has {found.labelled_held:,} labelled transactions, and {least_held:,} are needed."


def facts(found: Ledger, prices: FraudCostConfig) -> Mapping[str, str]:
    """What the figures rest on: prices, hold-out and delays."""
    currency = prices.currency
    return {
        "Margin of an honest sale": format.percent(100 * prices.margin),
        "Recovered of a fraud": format.percent(100 * prices.recovered),
        "Fee of a chargeback": f"{prices.chargeback_fee:,.2f} {currency}",
        "A review": f"{prices.review_minutes:g} min at {prices.review_hour:,.2f} {currency} an hour",
        "Hold-out": f"{found.labelled_held:,} of {found.held:,} let through have a label",
        "Delay of labels": (
            f"from {found.delays:,} frauds, the last after {found.horizon:,} days" if found.delays else format.NONE
        ),
    }
