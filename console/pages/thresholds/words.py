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
            "Nothing of a hold-out has a label in this span: each label counts once, and as labels of blocked ones "
            "come mostly from appeals, figures of blocked traffic lean towards legit."
        )
    if history.way == "few" or found is None:
        has = "has" if history.held_out == 1 else "have"
        where = " on days that it covers" if found else ""
        return (
            f"Each label counts once: {known} of the hold-out {has} a label{where}, and to stand for what was blocked "
            f"takes {rules.least_labelled:,}."
        )
    days = f"{len(found.factors)} of {found.days} {'day' if found.days == 1 else 'days'}"
    if history.way == "partial":
        return (
            f"Each label counts once: the hold-out covers {days} and {_percent(found.share)} of what was blocked, and "
            f"to stand for it takes {_percent(rules.covered)}."
        )
    partly = len(found.factors) < found.days
    only = f" Only {days} are counted, those that it covers: {_extent(found)}." if partly else ""
    return (
        f"Weighted by the hold-out: {known} labelled ones stand, day by day, for the {found.covered_block:,} that were "
        f"blocked or held out, and labels of blocked ones do not count.{only}"
    )


def _extent(found: Coverage) -> str:
    """`2026-01-11 to 2026-01-30`: the first and the last of the covered days."""
    days = sorted(found.factors)
    return f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
