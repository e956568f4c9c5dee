"""Advice about what labels say and lack: label more, false alarms, fraud that has changed, the hold-out. Pure."""

import math
from statistics import NormalDist

from console.advice.situation import QUEUE, Advice, Situation, when
from core.models.performance.interval import LEVEL

HALF_WIDTH = 0.05  # an interval of precision of ±5 points is worth labelling for
FEWEST = 5  # fewer labels than this are not worth a line


def more(now: Situation) -> Advice | None:
    """Precision is known too coarsely, or not at all, and the review queue holds what would help."""
    if now.precision is None or now.interval is None:
        if not now.waiting or now.flagged:
            return None
        why = "No flagged prediction in this window has a label, so precision is unknown."
        return Advice("label", "soon", f"Label {min(now.waiting, 50)} of the review queue", why, QUEUE, "Review queue")
    wanted = labels_wanted(now.precision, now.flagged)
    half = (now.interval[1] - now.interval[0]) / 2
    if wanted < FEWEST or half <= HALF_WIDTH or not now.waiting:
        return None
    number = min(wanted, now.waiting)
    share = f"{100 * now.labelled / now.total:.0f} % of the window has a label. " if now.total else ""
    why = (
        f"{share}Precision is known to ±{half:.2f}; {wanted:,} more labels on flagged transactions would narrow it to "
        f"±{HALF_WIDTH:.2f}."
    )
    return Advice("label", "soon", f"Label {number:,} of the review queue", why, QUEUE, "Review queue")


def labels_wanted(precision: float, labelled: int, half: float = HALF_WIDTH) -> int:
    """How many more labelled flagged predictions make precision known to ± `half`, by the normal approximation."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    p = min(max(precision, 0.1), 0.9)
    return max(0, math.ceil(z * z * p * (1 - p) / half**2) - labelled)


def concept(now: Situation) -> Advice | None:
    """Measured and estimated precision have parted."""
    if now.parted < 2 and not (now.parted and now.parted == now.mature_days):
        return None
    days = f"{now.parted} of {now.mature_days} mature days" if now.mature_days > 1 else "the one mature day"
    why = (
        f"On {days}, measured and estimated precision disagree. The estimate accounts for shifts in traffic, so fraud "
        "patterns have changed."
    )
    return Advice(
        "concept", "act", "Retrain on newer labels: fraud patterns have changed", why, "model/training", "Training"
    )


def precision(now: Situation) -> Advice | None:
    """Precision fell under its baseline."""
    if not now.warning:
        return None
    due = f" The next retraining is due {when(now.next_retraining)}." if now.next_retraining else ""
    why = f"{now.warning}.{due}"
    wrong = f"transactions?span=7d&label=legit&score_from={now.threshold:g}"
    return Advice("precision", "soon", "Review the false alarms", why, wrong, "False alarms")


def hold_out(now: Situation) -> Advice | None:
    """What is blocked never shows what it was."""
    if now.held_out or not now.blocked_unlabelled:
        return None
    why = (
        f"{now.blocked_unlabelled:,} blocked transactions have no label and never will, because they did not happen. "
        "With holdout_share = 0.02 in config/policy.toml, 2 % of them go to review instead."
    )
    return Advice("hold-out", "idea", "Hold out a small share of blocked traffic", why)
