"""A flame graph as one SVG without scripts, to be kept with an incident. Pure.

Names of functions may hold anything, so every text is escaped and cut, and nothing of it becomes a link, a style or a
script.
"""

from collections.abc import Mapping
from hashlib import blake2b
from html import escape

from core.endpoints import flame
from core.endpoints.flame import Bar, Frame

WIDTH, ROW, MARGIN, LEAST = 1200.0, 17.0, 8.0, 0.4  # pixels; a narrower bar is left out
CHARACTER = 6.2
MOST = 20_000  # bars


def svg(stacks: Mapping[tuple[str, ...], int], title: str) -> str:
    """The drawing of samples by stack, outermost function first. Without a sample it says so."""
    names: dict[str, int] = {}
    root = Frame()
    for stack, samples in stacks.items():
        root.add([names.setdefault(name, len(names)) for name in stack], samples)
    inside = WIDTH - 2 * MARGIN
    bars = flame.bars(root, LEAST / inside, MOST)
    deepest = max((bar.depth for bar in bars), default=0)
    height = MARGIN * 2 + ROW * (deepest + 3)
    called = [*names, "all"]  # the root's number is -1
    drawn = "".join(_drawn(bar, called[bar.frame.number], root.totals[0], height) for bar in bars)
    if not bars:
        drawn = f'<text x="{MARGIN}" y="{2.5 * ROW}">No samples: no request was under way.</text>'
    heading = f"{_plain(title, 160)} – {root.totals[0]} samples"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" font-family="monospace" font-size="11" role="img"><title>{heading}</title>'
        f'<rect width="100%" height="100%" fill="#fdfdfb"/>'
        f'<text x="{MARGIN}" y="{ROW}" font-size="13" fill="#1b1d22">{heading}</text>{drawn}</svg>'
    )


def _drawn(bar: Bar, name: str, whole: int, height: float) -> str:
    samples, inside = bar.frame.totals[0], WIDTH - 2 * MARGIN
    top, left, width = height - MARGIN - ROW * (bar.depth + 1), MARGIN + bar.left * inside, bar.width * inside
    words = f"{_plain(name, 300)} ({samples} samples, {100 * samples / whole:.1f} %)"
    letters = int((width - 4) / CHARACTER)
    label = f'<text x="{left + 3:.1f}" y="{top + 12:.1f}" fill="#1b1d22">{_plain(name, letters)}</text>'
    return (
        f'<g><title>{words}</title><rect x="{left:.2f}" y="{top:.1f}" width="{max(width - 0.5, 0.2):.2f}" '
        f'height="{ROW - 1:g}" rx="1" fill="{_colour(name)}"/>{label if letters >= 3 else ""}</g>'
    )


def _plain(text: str, most: int) -> str:
    """Printable text, cut and escaped."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return escape(clean if len(clean) <= most else clean[: max(most - 1, 0)] + "…", quote=True)


def _colour(name: str) -> str:
    """A warm colour that is always the same for a name."""
    a, b = blake2b(name.encode("utf-8", "replace"), digest_size=2).digest()
    return f"hsl({18 + a % 36} {72 + b % 18}% {62 + b % 12}%)"
