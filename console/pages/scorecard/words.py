"""How the figures of Scorecard read: values with their interval, and the sentence that says what each means. Pure."""

from console.analytics.scorecard.capture import Capture
from console.analytics.scorecard.overrides import Overrides
from console.analytics.scorecard.ranking import Gini
from console.analytics.scorecard.reliability import Reliability
from console.analytics.scorecard.stability import LARGE_SHIFT, MINIMUM, SMALL_SHIFT, Stability
from console.analytics.scorecard.vintages import LEAST_KNOWN, Vintage
from console.format import NONE, number

STATES = {
    "few": ("muted", "dash-circle", "Too few"),
    "stable": ("good", "check-circle-fill", "Stable"),
    "small": ("ok", "info-circle-fill", "Small shift"),
    "shifted": ("review", "exclamation-triangle-fill", "Shift"),
    "large": ("blocked", "x-octagon-fill", "Large shift"),
}


def between(low: float | None, high: float | None, digits: int = 3) -> str:
    """An interval of a plain figure."""
    return NONE if low is None or high is None else f"{low:.{digits}f} to {high:.{digits}f}"


def percents(low: float | None, high: float | None) -> str:
    """An interval of a share."""
    return NONE if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f} %"


def percent(share: float | None) -> str:
    """A share."""
    return NONE if share is None else f"{100 * share:.1f} %"


def stability(one: Stability) -> str:
    """What a PSI means."""
    if one.state == "few":
        return f"Too few rows to compare: {one.n:,} now and {one.m:,} in the reference, {MINIMUM} are needed."
    if one.state == "stable":
        return "The scores are distributed as the reference: a difference this small is expected by chance."
    if one.state == "small":
        return f"The distribution changed, beyond chance but by little: under {SMALL_SHIFT:g} rarely matters."
    size = "a lot" if one.state == "large" else "noticeably"
    limit = f"over {LARGE_SHIFT:g}" if one.state == "large" else f"over {SMALL_SHIFT:g}"
    return (
        f"The distribution changed {size} ({limit}), beyond chance: check the features below and consider retraining."
    )


def features(found: list[Stability], beyond: set[str]) -> str:
    """What the table of features means."""
    judged = [one for one in found if one.state != "few"]
    if not judged:
        return "Too few rows to compare the features."
    above = sum(one.psi > one.critical for one in judged)
    chance = 0.05 * sum(one.bins > 1 for one in judged)
    shifted = f"{len(beyond)} of them shifted beyond chance" if beyond else "none of them is beyond chance"
    return (
        f"{above} of {len(judged)} features are above their critical value, {chance:.1f} would be by chance alone; "
        f"looked at together, {shifted}."
    )


def gini(one: Gini) -> str:
    """What a Gini coefficient means."""
    share = 50 + 50 * one.value
    return (
        f"A random fraud scores above a random legitimate transaction in {share:.0f} of 100 cases; "
        f"scores in bins, so the Gini of the raw scores is within {one.bound:.4f}."
    )


def calibration(one: Reliability) -> str:
    """What the calibration means."""
    outside = sum(not group.fits for group in one.groups)
    if one.ece <= one.by_chance:
        return "Predicted and observed fraud agree: the error is no larger than chance gives a perfect model."
    which = f"{outside} of {len(one.groups)} score groups" if outside else "no single score group"
    if one.slope_high < 1:
        return f"Scores are too extreme: {which} miss their interval, and the slope is below 1."
    if one.slope_low > 1:
        return f"Scores are too cautious: {which} miss their interval, and the slope is above 1."
    side = "too low" if one.intercept_low > 0 else "too high" if one.intercept_high < 0 else "off"
    return f"Predicted fraud is {side}: {which} miss their interval."


def captured(one: Capture) -> str:
    """What a capture means."""
    by = "" if one.by_amount is None else f" and {100 * one.by_amount:.0f} % of its amount"
    return f"Reviewing the {one.k:,} highest scores a day finds {100 * one.share:.0f} % of the known fraud{by}."


def vintage(one: Vintage) -> str:
    """What the newest week means."""
    if one.share_known is None:
        return "Older weeks do not tell yet how this one will grow."
    if one.completed is None:
        return f"Fewer than {LEAST_KNOWN} frauds are known, too few to estimate how many there will be."
    coming = max(0.0, one.completed - one.known)
    if coming < 0.5:
        return "Labels of this week are complete, judging by how older weeks grew."
    return f"About {coming:,.0f} more frauds are expected to become known, judging by how older weeks grew."


def overridden(one: Overrides) -> str:
    """Who was right."""
    who = "flagged ones that analysts released" if one.flagged else "unflagged ones that analysts called fraud"
    if one.share is None:
        return f"Too few {who} have an appeal or a chargeback to say who was right."
    if one.low is not None and one.low > 0.5:
        return f"Of {who}, the analysts were mostly right."
    if one.high is not None and one.high < 0.5:
        return f"Of {who}, the score was mostly right."
    return f"Of {who}, neither was right clearly more often."


def money(value: float) -> str:
    """An amount in USD."""
    return f"${number(value)}"
