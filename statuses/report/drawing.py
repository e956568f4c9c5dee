"""The figures of the report as SVG: an episode with what was expected, and profiles as bars. Pure."""

from collections.abc import Sequence
from html import escape

import numpy as np

from core.statuses.detector.arrays import Array
from core.statuses.detector.episodes import Alarm, Episode
from statuses.playback import Playback
from statuses.report.build import moment

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 150, 48, 10, 22
AROUND = 60  # minutes that are drawn before and after
MOST = 4  # series of an episode, and columns of pixels of a line
_POINTS = 700


def episode(one: Episode, played: Playback) -> str:
    """The series that fired first, each with its expected limit; the episode is shaded."""
    seen: dict[object, Alarm] = {}
    for alarm in one.alarms:
        seen.setdefault(alarm.series, alarm)
    return "".join(_alarm(alarm, one, played) for alarm in list(seen.values())[:MOST])


def _alarm(alarm: Alarm, one: Episode, played: Playback) -> str:
    first, length = played.history.first, played.history.minutes
    end = (one.ended or first + length) - first
    start, stop = max(0, one.onset - first - AROUND), min(length, end + AROUND)
    track = played.tracks[alarm.series]
    counts, expected = track.counts[start:stop], track.expected[start:stop]
    top = max(1.0, float(np.nanmax(counts, initial=0)), float(np.nanmax(expected, initial=0))) * 1.05

    def x(minute: float) -> float:
        return LEFT + (WIDTH - LEFT - 8) * minute / max(1, stop - start)

    left, right = x(alarm.onset - first - start), x(end - start)
    shade = f'<rect class="episode" x="{left:.1f}" y="{TOP}" width="{max(1.0, right - left):.1f}" '
    shade += f'height="{HEIGHT - TOP - BOTTOM}"/>'
    at = x(alarm.fired - first - start + 1)
    mark = f'<line class="fired" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    mark += f'<path class="mark" d="M{at:.1f} {TOP + 6}l-4 -6h8z"/>'
    ticks = "".join(
        f'<text class="tick" x="{x(part):.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">'
        f"{moment(played.history, first + start + part)}</text>"
        for part, anchor in ((0, "start"), (stop - start - 1, "end"))
    )
    lines = _line("expected", expected, x, top) + _line("count", counts, x, top)
    title = f"{track.name}: counts a minute, expected limit, episode shaded, alarm marked"
    return (
        f"<figure><figcaption>{escape(track.name)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{shade}{_axis(top)}{lines}{mark}{ticks}</svg></figure>"
    )


def _axis(top: float) -> str:
    heights = {part * top: _y(part * top, top) for part in (0.0, 0.5, 1.0)}
    return "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        for value, y in heights.items()
    )


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _line(name: str, values: Array, x: object, top: float) -> str:
    """A path with gaps where nothing was reported; long ones keep the highest of each few minutes."""
    assert callable(x)
    step = max(1, len(values) // _POINTS)
    parts, pen = [], "M"
    for start in range(0, len(values), step):
        some = values[start : start + step]
        some = some[np.isfinite(some)]
        if not len(some):
            pen = "M"
            continue
        parts.append(f"{pen}{x(start + 0.5 * step):.1f} {_y(float(some.max()), top):.1f}")
        pen = "L"
    return f'<path class="{name}" d="{"".join(parts)}"/>'


def bars(values: Sequence[float | None], names: Sequence[str], title: str) -> str:
    """A small bar chart, a bar a value; a missing value has none."""
    top, width, height = max([value for value in values if value is not None] or [1.0]) or 1.0, 12, 42
    drawn = "".join(
        f'<rect class="bar" x="{i * width}" y="{height - height * (value or 0) / top:.1f}" width="{width - 2}" '
        f'height="{height * (value or 0) / top:.1f}"><title>{escape(name)}: '
        f"{'no data' if value is None else f'{value:g} a minute'}</title></rect>"
        for i, (value, name) in enumerate(zip(values, names, strict=True))
    )
    return (
        f'<svg class="bars" style="width:{len(values) * width}px" viewBox="0 0 {len(values) * width} {height}" '
        f'role="img" aria-label="{escape(title, quote=True)}">{drawn}</svg>'
    )
