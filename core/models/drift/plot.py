"""Before and after of one column as inline SVG: bars of numbers over their range, paired bars of categories. Pure.

Colours are CSS variables of the page (`--before`, `--after`, `--text`, `--muted`, `--line`), so one drawing serves both
modes. Before is a filled area, after an outline, so that they stay apart without colour.
"""

from html import escape

from core.models.drift.report import Plot

WIDTH, HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 24
_ROW = 30
_LABEL, _VALUE = 150, 64


def draw(plot: Plot, title: str) -> str:
    """The SVG element; `title` is what a screen reader says."""
    body = _categories(plot) if plot.labels else _numbers(plot)
    height = _TOP + _ROW * len(plot.labels) if plot.labels else HEIGHT
    name = escape(title, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{name}"><title>{name}</title>{body}</svg>'


def _numbers(plot: Plot) -> str:
    """Bars next to each other over the inner edges; the first and the last bar are open outwards."""
    count = len(plot.reference)
    top = max([*plot.reference, *plot.current, 1e-9])
    wide = (WIDTH - _LEFT - _RIGHT) / count
    floor, tall = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    parts = [_grid(top, floor, tall)]
    line = [f"M{_LEFT:.1f},{floor:.1f}"]
    for index, (before, after) in enumerate(zip(plot.reference, plot.current, strict=True)):
        x, y = _LEFT + index * wide, floor - tall * before / top
        tip = f"{_span(plot.edges, index)}: before {_percent(before)}, after {_percent(after)}"
        parts.append(
            f'<rect class="before" x="{x + 0.5:.1f}" y="{y:.1f}" width="{wide - 1:.1f}" height="{floor - y:.1f}"/>'
            f'<rect class="hit" x="{x:.1f}" y="{_TOP}" width="{wide:.1f}" height="{tall}">'
            f"<title>{escape(tip)}</title></rect>"
        )
        step = floor - tall * after / top
        line.append(f"L{x:.1f},{step:.1f}L{x + wide:.1f},{step:.1f}")
    line.append(f"L{_LEFT + count * wide:.1f},{floor:.1f}")
    parts.append(f'<path class="after" d="{"".join(line)}"/>')
    for index in sorted({round(i * (len(plot.edges) - 1) / 5) for i in range(6)}) if plot.edges else []:
        x = _LEFT + (index + 1) * wide
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{_short(plot.edges[index])}</text>'
        )
    return "".join(parts)


def _grid(top: float, floor: float, tall: float) -> str:
    """Three lines with their shares."""
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = floor - tall * share
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_percent(top * share)}</text>'
        )
    return "".join(parts)


def _categories(plot: Plot) -> str:
    """A row for each category: its name, before above after, and both shares."""
    top = max([*plot.reference, *plot.current, 1e-9])
    wide = WIDTH - _LABEL - _VALUE - _RIGHT
    parts = []
    for index, (label, before, after) in enumerate(zip(plot.labels, plot.reference, plot.current, strict=True)):
        y = _TOP + index * _ROW
        shown = label if len(label) <= 22 else label[:21] + "…"
        parts.append(
            f'<text class="name" x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(shown)}'
            f"<title>{escape(label)}</title></text>"
            f'<rect class="before" x="{_LABEL}" y="{y + 1}" width="{wide * before / top:.1f}" height="10"/>'
            f'<rect class="now" x="{_LABEL}" y="{y + 13}" width="{wide * after / top:.1f}" height="9"/>'
            f'<text class="tick" x="{_LABEL + wide * before / top + 6:.1f}" y="{y + 10}">{_percent(before)}</text>'
            f'<text class="tick" x="{_LABEL + wide * after / top + 6:.1f}" y="{y + 22}">{_percent(after)}</text>'
        )
    return "".join(parts)


def _span(edges: list[float], index: int) -> str:
    if not edges:
        return "all values"
    if index == 0:
        return f"up to {_short(edges[0])}"
    if index == len(edges):
        return f"above {_short(edges[-1])}"
    return f"{_short(edges[index - 1])} to {_short(edges[index])}"


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.1f} %"


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}" if abs(value) < 1e6 else f"{value:.2e}"
