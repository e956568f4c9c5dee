"""One sentence that says how the threshold simulator counted, and why."""

from console.thresholds.coverage import Coverage
from console.thresholds.history import History
from core.config import HoldoutConfig


def way_said(history: History, rules: HoldoutConfig) -> str:
    """Whether the hold-out carries weight; '' where nothing was blocked."""
    found, known = history.coverage, f"{history.held_out:,}"
    if not history.blocked and not history.held_out:
        return ""
    if history.way == "none":
        return (
            "No hold-out transaction has a label in this range, so each label counts once. Labels of blocked "
            "transactions come mostly from appeals, so figures for blocked traffic lean towards legit."
        )
    if history.way == "few" or found is None:
        has = "has" if history.held_out == 1 else "have"
        where = " on days that it covers" if found else ""
        return (
            f"Each label counts once: {known} of the hold-out {has} a label{where}; {rules.least_labelled:,} are "
            "needed to represent blocked traffic."
        )
    days = f"{len(found.factors)} of {found.days} {'day' if found.days == 1 else 'days'}"
    if history.way == "partial":
        return (
            f"Each label counts once: the hold-out covers {days} and {_percent(found.share)} of blocked traffic; "
            f"{_percent(rules.covered)} are needed to represent it."
        )
    partly = len(found.factors) < found.days
    only = f" Only the {days} it covers count: {_extent(found)}." if partly else ""
    return (
        f"Weighted by the hold-out: {known} labelled transactions represent, day by day, the {found.covered_block:,} "
        f"that were blocked or held out; labels of blocked transactions do not count.{only}"
    )


def _extent(found: Coverage) -> str:
    """`2026-01-11 to 2026-01-30`: the first and the last of the covered days."""
    days = sorted(found.factors)
    return f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
