"""The series of a source as its track has them: what came against what is expected, the usual, and the power. Pure."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from api.status_track import Track
from core.statuses import power
from core.statuses.detector import composition, volume
from core.statuses.detector.arrays import FLOAT
from core.statuses.detector.params import Params
from core.statuses.feed import CODE, STATUS, Feed
from core.statuses.overview import SeriesNow, Traced
from core.statuses.power import Power, Shares, Volumes

SERIES = 24
Named = tuple[str, str]  # kind and name


def traced(track: Track | None, series: Named, first: int, after: int) -> Traced | None:
    """One series over minutes [first, after); None where it is not known."""
    values = track.values(*series, first, after) if track else None
    if track is None or values is None:
        return None
    kind, name = series
    return Traced(
        kind=kind,
        name=name,
        first=max(first, track.first),
        at_least=kind == "volume" and track.firing(kind, name)[1] <= 0,
        counts=values[0],
        expected=values[1],
        evidence=values[2],
    )


def listed(track: Track, above: float, p: Params) -> list[SeriesNow]:
    """Every series after the newest minute, those that fire and the strongest first."""
    feed = track.feed
    usual = _usual(feed, p)
    found = []
    for kind, name in track.series():
        values = track.values(kind, name, feed.at, feed.at + 1)
        if values is None or not values[1] or values[1][0] is None:
            continue
        firing, direction = track.firing(kind, name)
        found.append(
            SeriesNow(
                kind=kind,
                name=name,
                came=values[0][0],
                expected=values[1][0],
                at_least=kind == "volume" and direction <= 0,
                evidence=values[2][0] or 0.0,
                usual=usual[kind, name],
                firing=firing,
            )
        )
    strongest = sorted(found, key=lambda one: (not one.firing, -(one.evidence >= 0.1 * above) * one.evidence))
    return strongest[:SERIES]


def _usual(feed: Feed, p: Params) -> dict[Named, float]:
    """What each series usually brings a minute: shares of a usual total, volumes by the time of day."""
    rows, of = feed.state.composition, feed.layout.composition
    typical = feed.state.source.typical[of]
    mean = np.minimum((rows[composition.DAY_COUNTS] + 0.5) / (rows[composition.DAY_EXPOSURE] + typical), 1) * typical
    found = {
        (kind, name): float(mean[column])
        for kind, number in (("status", STATUS), ("code", CODE))
        for one, name in feed.names
        if one == number and (column := feed.column(number, name)) is not None
    }
    age = np.full(2, feed.state.source.age[STATUS] + 1, FLOAT)
    level, _ = volume.outlook(feed.state.volume, age, feed.at + 1, p)
    found["volume", ""], found["volume", feed.watched] = float(level[0]), float(level[1])
    return {key: float(f"{value:.3g}") for key, value in found.items()}


def with_power(series: Iterable[SeriesNow], known: Mapping[Named, dict[str, int | None]]) -> list[SeriesNow]:
    """The series with the minutes until a change of each is seen, as far as they are known."""
    return [msgspec.structs.replace(one, power=known.get((one.kind, one.name))) for one in series]


def minutes_to_see(feed: Feed, names: Sequence[Named], above: float, p: Params) -> dict[Named, dict[str, int | None]]:
    """Minutes until changes of these series are seen, at their present rates."""
    shares = [(kind, name) for kind, name in names if kind != "volume"]
    columns = np.array([feed.column(STATUS if kind == "status" else CODE, name) for kind, name in shares], int)
    of, source = feed.layout.composition[columns], feed.state.source
    every = Shares([name for _, name in shares], feed.state.composition[:, columns], source.typical[of], source.age[of])
    volumes = Volumes(("", feed.watched), feed.state.volume, float(source.age[STATUS]), feed.at + 1)
    found: list[tuple[Named, Power]] = []
    if shares:
        found += zip(shares, power.of_shares(every, above, p), strict=True)
    found += [(("volume", one.series), one) for one in power.of_volumes(volumes, above, p)]
    return {series: one.minutes for series, one in found}
