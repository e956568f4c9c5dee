"""The sheets that need labels: Gini, calibration and capture on mature weeks, and vintages."""

from datetime import timedelta
from typing import Any

from console import markup
from console.analytics.scorecard import capture, ranking, reliability
from console.analytics.scorecard.capture import Capture
from console.analytics.scorecard.maturity import KNOWN, Weeks
from console.analytics.scorecard.sums import Sharp
from console.analytics.scorecard.vintages import LEAST_KNOWN
from console.chart_panel import chart_panel
from console.figures import scorecard as figures
from console.format import NONE
from console.pages.scorecard import words
from console.pages.scorecard.parts import beside, fact, nothing, sentence

FEW = "the mature weeks have too few labels of this model: {0} frauds and {0} legitimate transactions are needed"


def sheets(found: Sharp, k: int) -> list[Any]:
    """Everything on mature weeks, then how labels arrive."""
    parts = [_gini(found), _calibration(found), _capture(found, k), _vintages(found.weeks)]
    if all(len(part) == 1 for part in parts):
        return [beside(*(part[0] for part in parts))]
    return [beside(*part) if len(part) > 1 else part[0] for part in parts]


def maturity(found: Sharp) -> str:
    """Which weeks figures come from, and how much of them is labelled."""
    weeks = found.weeks.mature
    if not weeks:
        return ""
    last = weeks[-1] + timedelta(days=6)
    share = f", {100 * found.labelled / found.rows:.0f} % of {found.rows:,} labelled" if found.rows else ""
    number = "1 mature week" if len(weeks) == 1 else f"{len(weeks)} mature weeks"
    return f"{number}, {weeks[0]:%-d %b} to {last:%-d %b %Y}{share}"


def _gini(found: Sharp) -> list[Any]:
    title, one = "Ranking", found.gini
    if one is None:
        return [nothing("gini", title, found.weeks.why or FEW.format(ranking.MINIMUM), maturity(found))]
    known = {
        "Gini": fact(f"{one.value:.3f}", f"95 % interval {words.between(one.low, one.high)}"),
        "AUC": fact(f"{(1 + one.value) / 2:.3f}", words.between((1 + one.low) / 2, (1 + one.high) / 2)),
        "Frauds": fact(f"{one.frauds:,}", f"against {one.legit:,} legitimate"),
    }
    sheet = markup.sheet("gini", title, markup.figures(known), sentence(words.gini(one)), note=maturity(found))
    rows = [
        [f"{at:%Y-%m-%d}", *(["–"] * 4 if week is None else [
            f"{week.value:.3f}", words.between(week.low, week.high), f"{week.frauds:,}", f"{week.legit:,}"])]
        for at, week in found.weekly.items()
    ][::-1]  # fmt: skip
    chart = chart_panel(
        "gini-weeks", "Gini by mature week", figures.weekly(found.weekly), "Gini coefficient by week with intervals",
        ["Week from", ">Gini", ">95 % interval", ">Frauds", ">Legitimate"], rows,
        note=f"“–”: fewer than {ranking.MINIMUM} of either kind are labelled",
    )  # fmt: skip
    return [sheet, chart]


def _calibration(found: Sharp) -> list[Any]:
    title, one = "Calibration", found.reliability
    if one is None:
        return [nothing("calibration", title, found.weeks.why or FEW.format(reliability.MINIMUM), maturity(found))]
    known = {
        "Calibration error": fact(words.percent(one.ece), f"by chance up to {words.percent(one.by_chance)}"),
        "Slope": fact(f"{one.slope:.2f}", f"95 % interval {words.between(one.slope_low, one.slope_high, 2)}"),
        "Intercept": fact(f"{one.intercept:+.2f}", words.between(one.intercept_low, one.intercept_high, 2)),
        "Labelled": fact(f"{one.n:,}", f"of them {one.frauds:,} frauds"),
    }
    sheet = markup.sheet(
        "calibration", title, markup.figures(known), sentence(words.calibration(one)), note=maturity(found)
    )
    rows = [
        [f"{group.low_score:.4g} to {group.high_score:.4g}", words.percent(group.predicted),
         words.percent(group.observed), words.percents(group.low, group.high), f"{group.frauds:,}", f"{group.n:,}",
         "yes" if group.fits else "no"]
        for group in one.groups
    ]  # fmt: skip
    chart = chart_panel(
        "calibration-groups", "Observed against predicted", figures.calibration(one),
        "Observed share of fraud by predicted, with intervals",
        ["Scores", ">Predicted", ">Observed", ">95 % interval", ">Frauds", ">Labelled", "Fits"], rows,
        note="dotted: perfect",
    )  # fmt: skip
    return [sheet, chart]


def _capture(found: Sharp, k: int) -> list[Any]:
    title, one = "Capture at review capacity", found.capture
    if one is None:
        why = found.weeks.why or f"the mature weeks have fewer than {capture.MINIMUM} labelled frauds of this model"
        return [nothing("capture", title, why, maturity(found))]
    known = {
        f"Of the frauds, in the top {k:,} a day": fact(words.percent(one.share), words.percents(one.low, one.high)),
        "Of their amount": fact(words.percent(one.by_amount), words.percents(one.amount_low, one.amount_high)),
        "Fraud among them": fact(words.percent(one.precision), words.percents(one.precision_low, one.precision_high)),
        "Known frauds": fact(f"{one.frauds:,}", f"{words.money(one.amount)} on {one.days:,} days"),
    }
    sheet = markup.sheet("capture", title, markup.figures(known), sentence(words.captured(one)), note=maturity(found))
    chart = chart_panel(
        "capture-curve", "Capture by capacity", figures.captured(found.curve),
        "Share of the known fraud in the highest scores of each day",
        [">Reviews a day", ">By number", ">95 % interval", ">By amount", ">95 % interval", ">Fraud among them"],
        [_captured(at) for at in found.curve], note="bands: 95 % intervals",
    )  # fmt: skip
    return [sheet, chart]


def _captured(one: Capture) -> list[Any]:
    return [
        f"{one.k:,}", words.percent(one.share), words.percents(one.low, one.high), words.percent(one.by_amount),
        words.percents(one.amount_low, one.amount_high), words.percent(one.precision),
    ]  # fmt: skip


def _vintages(weeks: Weeks) -> list[Any]:
    title, ladder = "Vintages", weeks.ladder
    if ladder is None:
        return [nothing("vintages", title, weeks.why)]
    rows = []
    for at, n, one in list(zip(weeks.mondays, weeks.predictions, ladder.vintages, strict=True))[::-1]:
        rate = NONE if one.completed is None or not n else words.percent(one.completed / n)
        bounds = NONE if one.low is None or one.high is None or not n else words.percents(one.low / n, one.high / n)
        rows.append(
            [f"{at:%Y-%m-%d}", f"{n:,}", f"{one.known:,}", words.percent(one.share_known),
             NONE if one.completed is None else f"{one.completed:,.0f}",
             NONE if one.low is None or one.high is None else f"{one.low:,.0f} to {one.high:,.0f}",
             NONE if one.error is None else f"{one.error:.1f}", rate, bounds,
             "yes" if at in weeks.mature else "no"]
        )  # fmt: skip
    note = f"mature: {100 * KNOWN:.0f} % of the frauds known; fewer than {LEAST_KNOWN} known are not completed"
    chart = chart_panel(
        "vintages", "Vintages: frauds by week, completed", figures.vintages(weeks),
        "Known and completed frauds by week with intervals",
        ["Week from", ">Predictions", ">Known", ">Share known", ">Completed", ">95 % interval", ">Standard error",
         ">Fraud rate", ">95 % interval", "Mature"], rows, note=note,
    )  # fmt: skip
    newest, n, at = ladder.vintages[-1], weeks.predictions[-1], weeks.mondays[-1]
    known = {
        "Known frauds": fact(f"{newest.known:,}", f"of {n:,} predictions"),
        "Share known by now": fact(
            words.percent(newest.share_known), "after a week" if newest.age == 1 else f"after {newest.age} weeks"
        ),
        "Frauds in the end": fact(
            NONE if newest.completed is None else f"{newest.completed:,.0f}",
            NONE if newest.low is None or newest.high is None else f"{newest.low:,.0f} to {newest.high:,.0f}",
        ),
        "Mature weeks": fact(f"{len(weeks.mature)}", f"of {len(weeks.mondays)} whole weeks"),
    }
    sheet = markup.sheet(
        "vintage", "Newest whole week", markup.figures(known), sentence(words.vintage(newest)),
        note=f"from {at:%-d %b %Y}, all models",
    )  # fmt: skip
    return [sheet, chart]
