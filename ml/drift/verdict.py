"""The verdict of a drift report from its columns, and the sentence that says it. Pure."""

from collections.abc import Sequence

from core.models.drift.params import DriftParams
from core.models.drift.report import ColumnDrift, Verdict

SHOWN = 3  # columns that the sentence names


def judged(columns: Sequence[ColumnDrift]) -> tuple[float | None, int, int]:
    """The share of drifted features (None when none could be judged), how many drifted, how many were judged."""
    states = [column.state for column in columns if column.role == "feature"]
    count = sum(state in ("drifted", "stable") for state in states)
    drifted = states.count("drifted")
    return drifted / count if count else None, drifted, count


def verdict(columns: Sequence[ColumnDrift], before: int, after: int, params: DriftParams) -> tuple[Verdict, str]:
    """The verdict and its sentences. It is at least to watch when the score or the target drifted, when a column is
    gone, and when a category came or went that chance does not explain.
    """
    share, drifted, count = judged(columns)
    word, summary = _by_share(share, drifted, count, before, after, params)
    if word == "insufficient":
        return word, summary
    others = [f"{column.role} {column.name!r}" for column in columns if _other(column)]
    absent = [column.name for column in columns if column.state == "absent"]
    turned = [f"{column.name!r} ({column.turned})" for column in columns if column.turned]
    if others:
        summary += f" The {' and the '.join(others)} drifted too."
    if absent:
        summary += f" Missing from the current data: {', '.join(absent)}."
    if turned:
        summary += f" Categories came or went: {_some(turned)}."
    since = [f"{column.name!r} since {column.since}" for column in columns if column.since]
    if since:
        summary += f" First change of {_some(since)}."
    return "watch" if word == "ok" and (others or absent or turned) else word, summary


def _some(said: Sequence[str]) -> str:
    return ", ".join(said[:SHOWN]) + (f" and {len(said) - SHOWN} more" if len(said) > SHOWN else "")


def _other(column: ColumnDrift) -> bool:
    return column.role != "feature" and column.state == "drifted"


def _by_share(
    share: float | None, drifted: int, judged: int, before: int, after: int, params: DriftParams
) -> tuple[Verdict, str]:
    if min(before, after) < params.minimum:
        side = f"{after:,} current" if after <= before else f"{before:,} reference"
        return "insufficient", f"{side} rows are not enough: at least {params.minimum:,} are needed."
    if share is None:
        return "insufficient", "No column could be compared."
    said = f"{drifted} of {judged} features drifted ({100 * share:.0f} %)"
    if share > params.retrain_share:
        return "retrain", f"{said}, more than {100 * params.retrain_share:.0f} %: retrain the model."
    if share >= params.watch_share:
        return "watch", f"{said}: watch."
    return "ok", f"{said}." if drifted else f"None of {judged} features drifted."
