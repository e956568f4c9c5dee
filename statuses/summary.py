"""What a history looks like, series by series: moments, quantiles, share of zeros, profiles, what was learnt. Pure."""

import numpy as np

from core.statuses.detector import composition, line, volume
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.episodes import Series
from core.statuses.detector.params import DAY, WEEK, Params
from statuses.playback import Playback
from statuses.report.document import Learnt, SeriesReport

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_MONDAY = 4 * DAY  # minute 0 of the epoch was a Thursday
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def series(played: Playback, p: Params) -> list[SeriesReport]:
    """A report for each series, compositions first."""
    learnt = {**_shares(played, p), **_volumes(played, p)}
    minutes = played.history.first + np.arange(played.history.minutes)
    return [_report(track.name, of, track.counts, minutes, learnt[of], played) for of, track in played.tracks.items()]


def _report(name: str, of: Series, counts: Array, minutes: Array, learnt: Learnt, played: Playback) -> SeriesReport:
    known = counts[np.isfinite(counts)].astype(float)
    fired = [one for one in played.episodes if any(alarm.series == of and alarm.pages for alarm in one.alarms)]
    return SeriesReport(
        name=name,
        kind=of.kind,
        minutes=len(known),
        mean=_rounded(known.mean() if len(known) else 0.0),
        deviation=_rounded(known.std() if len(known) else 0.0),
        quantiles={
            f"{share:.0%}": _rounded(float(value))
            for share, value in zip(QUANTILES, np.quantile(known, QUANTILES) if len(known) else [0.0] * 7, strict=True)
        },
        zeros=_rounded(float(np.mean(known == 0)) if len(known) else 0.0),
        by_hour=_means(counts, minutes % DAY // 60, 24),
        by_weekday=_means(counts, (minutes - _MONDAY) % WEEK // DAY, 7) if played.history.dated else [],
        learnt=learnt,
        would_have_fired=len(fired),
    )


def _means(counts: Array, group: Array, number: int) -> list[float | None]:
    """The mean count of each group of minutes, None where there is none."""
    known = np.isfinite(counts)
    sums = np.bincount(group[known], counts[known], number)
    sizes = np.bincount(group[known], minlength=number)
    return [_rounded(total / size) if size else None for total, size in zip(sums, sizes, strict=True)]


def _shares(played: Playback, p: Params) -> dict[Series, Learnt]:
    rows, typical = played.state.composition, float(played.state.source.typical[0])
    usual = composition.rate(rows, np.full(rows.shape[1], typical, FLOAT), p.composition.bound) * typical
    spread = composition.scatter(rows)
    age = float(played.state.source.age[0])
    tolerance = p.composition.first_day if age < DAY else p.composition.tolerance
    return {
        Series("composition", i): Learnt(
            model="Gamma-Poisson share",
            usual=_rounded(float(usual[i])),
            of_total=_rounded(typical),
            accepted=_rounded(float(usual[i]) * (1 + tolerance)),
            dispersion=_rounded(float(spread[i])),
            line=_rounded(played.line),
            why=_why(played, p),
        )
        for i in range(rows.shape[1])
    }


def _volumes(played: Playback, p: Params) -> dict[Series, Learnt]:
    number, age = played.state.volume.rows.shape[1], float(played.state.source.age[0])
    if not number:
        return {}
    end = played.history.first + played.history.minutes
    level, noise = volume.outlook(played.state.volume, np.full(number, age + 1, FLOAT), end, p)
    own = p.volume
    tolerance = own.first_day if age < DAY else own.first_fortnight if age < 2 * WEEK else own.tolerance
    return {
        Series("volume", i): Learnt(
            model="negative binomial level",
            usual=_rounded(float(level[i])),
            of_total=None,
            accepted=_rounded(float(level[i]) * (1 - tolerance)),
            dispersion=_rounded(1 + float(noise[i] * level[i])),
            line=_rounded(played.line),
            why=_why(played, p),
        )
        for i in range(number)
    }


def _why(played: Playback, p: Params) -> str:
    return line.explained(p.budget, round(np.exp(played.line) * p.budget.margin / (p.budget.days * DAY)))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
