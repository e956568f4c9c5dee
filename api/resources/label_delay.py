"""Label delay: the share of predictions, and of frauds, that have one by age, and when a window is mature."""

from datetime import date, timedelta

import numpy as np

from api.config import LabelsConfig
from api.context import ResourceContext, milliseconds
from api.performance import label_delay
from api.performance.champion import DAYS, KEPT_SECONDS, MOST
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.monitoring.label_delay import DayKnown, DelayCurve, LabelDelay

NAME = "label_delay"
REFRESH = 300.0
DAY = 86400
STEP = label_delay.STEP_DAYS * DAY
WINDOWS = {"24h": 1.0, "7d": 7.0, "14d": 14.0, "30d": 30.0}

Cell = tuple[int, int | None, bool | None, int]  # cohort, steps that its label took, fraud or not, how many


def read(context: ResourceContext, window: Window) -> LabelDelay:
    """The predictions of `labels.history_days` up to the end of the window, with what is known of them now.

    Counted again every five minutes: weeks do not change in less.
    """
    if not window.live:
        return counted(context, window)
    return context.memory.remember("label delay", KEPT_SECONDS, lambda: counted(context, window))


def counted(context: ResourceContext, window: Window) -> LabelDelay:
    """The resource, counted now."""
    config = context.config.labels
    cohorts = round(config.history_days * DAY / STEP)
    end = STEP * -(-window.end // STEP)
    start = end - cohorts * STEP
    span = {"start": to_datetime(start), "end": to_datetime(end)}
    made = int(context.tuples(query("confusion.made"), **span)[0][0])
    percent = min(100.0, 100.0 * MOST / max(made, 1))
    cells = context.tuples(query("confusion.delays"), **span, step=STEP, percent=percent)
    return judged(cells, cohorts, start, window.end, context.now, config, round(percent, 3))


def judged(
    cells: list[Cell],
    cohorts: int,
    start: float,
    end: float,
    now: float,
    config: LabelsConfig,
    sampled: float = 100.0,
) -> LabelDelay:
    """The resource from the counted cells of `cohorts` steps from `start` on; pure."""
    ends = start + STEP * np.arange(1, cohorts + 1)
    seen = np.clip(np.floor((now - ends) / STEP), 0, cohorts).astype(np.intp)
    totals = np.zeros(cohorts)
    labelled, frauds = np.zeros((cohorts, cohorts)), np.zeros((cohorts, cohorts))
    for cohort, age, fraud, n in cells:
        if 0 <= cohort < cohorts:
            totals[cohort] += n
            if age is not None and age < seen[cohort]:
                labelled[cohort, age] += n
                frauds[cohort, age] += n if fraud else 0
    oldest = np.flatnonzero(totals)
    seen = np.minimum(seen, seen[oldest[0]] if len(oldest) else 0)
    every, bad = label_delay.predictions(totals, labelled, seen), label_delay.frauds(frauds, seen)
    enough = bad.cases >= config.least_frauds
    known = bad if enough else label_delay.NO_CURVE
    made = list(zip((ends - STEP / 2).tolist(), totals.tolist(), strict=True))
    last = to_datetime(end - 0.001).date()
    return LabelDelay(
        known=config.known,
        mature_after=known.reaches(config.known),
        horizon_days=float(seen.max(initial=0)) * label_delay.STEP_DAYS,
        enough=enough,
        least_frauds=config.least_frauds,
        predictions=_curve(every),
        frauds=_curve(bad),
        windows={name: _known(known, made, now, end - days * DAY, end) for name, days in WINDOWS.items()},
        days=[_day(known, made, now, last - timedelta(days=n)) for n in range(DAYS - 1, -1, -1)],
        sampled=sampled,
    )


def _known(
    curve: label_delay.Curve, made: list[tuple[float, float]], now: float, start: float, end: float
) -> float | None:
    ages = [(max(0.0, now - at) / DAY, n) for at, n in made if start <= at < end + STEP]
    found = label_delay.expected(curve, ages)
    return None if found is None else round(found, 4)


def _day(curve: label_delay.Curve, made: list[tuple[float, float]], now: float, day: date) -> DayKnown:
    midnight = (day - date(1970, 1, 1)).total_seconds()
    known = _known(curve, made, now, midnight, midnight + DAY - STEP)
    return DayKnown(day=milliseconds(midnight), frauds_known=known)


def _curve(curve: label_delay.Curve) -> DelayCurve:
    def short(values: list[float]) -> list[float]:
        found: list[float] = np.round(np.asarray(values, dtype=float), 4).tolist()
        return found

    return DelayCurve(
        ages=curve.ages, share=short(curve.share), low=short(curve.low), high=short(curve.high), cases=curve.cases
    )
