"""A flame graph as one SVG without scripts: stacks of a sampling profiler drawn as nested bars. Pure.

The idea and the folded form of stacks (`outer;inner;innermost 12`) are Brendan Gregg's. Names of functions and files
may hold anything, so every text is escaped and cut, and nothing of it becomes a link, a style or a script.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from html import escape
from typing import NamedTuple

WIDTH, ROW, MARGIN, LEAST = 1200.0, 17.0, 8.0, 0.4  # pixels; a narrower bar is left out
CHARACTER = 6.2
DEEPEST = 200


@dataclass
class Frame:
    """One function in one place of the stacks, and how many samples passed through it."""

    name: str
    samples: int = 0
    children: dict[str, "Frame"] = field(default_factory=dict)


class Bar(NamedTuple):
    """A drawn frame: depth (0 at the bottom), left edge and width in pixels."""

    frame: Frame
    depth: int
    left: float
    width: float


def fold(lines: Iterable[str]) -> Frame:
    """The tree of folded stacks; lines that are none are left out."""
    root = Frame("all")
    for line in lines:
        stack, _, count = line.strip().rpartition(" ")
        if not stack or not count.isdecimal():
            continue
        root.samples += int(count)
        frame = root
        for name in stack.split(";")[:DEEPEST]:
            frame = frame.children.setdefault(name, Frame(name))
            frame.samples += int(count)
    return root


def svg(root: Frame, title: str) -> str:
    """The drawing. Without a sample it says so."""
    bars = list(_bars(root, 0, MARGIN, WIDTH - 2 * MARGIN)) if root.samples else []
    deepest = max((bar.depth for bar in bars), default=0)
    height = MARGIN * 2 + ROW * (deepest + 3)
    drawn = "".join(_drawn(bar, root.samples, height) for bar in bars)
    if not bars:
        drawn = f'<text x="{MARGIN}" y="{2.5 * ROW}">No samples: the process was idle.</text>'
    heading = f"{_plain(title, 160)} – {root.samples} samples"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" font-family="monospace" font-size="11" role="img"><title>{heading}</title>'
        f'<rect width="100%" height="100%" fill="#fdfdfb"/>'
        f'<text x="{MARGIN}" y="{ROW}" font-size="13" fill="#1b1d22">{heading}</text>{drawn}</svg>'
    )


def _bars(frame: Frame, depth: int, left: float, width: float) -> Iterator[Bar]:
    if width < LEAST:
        return
    yield Bar(frame, depth, left, width)
    for child in sorted(frame.children.values(), key=lambda one: one.name):
        share = width * child.samples / frame.samples
        yield from _bars(child, depth + 1, left, share)
        left += share


def _drawn(bar: Bar, total: int, height: float) -> str:
    top = height - MARGIN - ROW * (bar.depth + 1)
    name = bar.frame.name
    said = f"{_plain(name, 300)} ({bar.frame.samples} samples, {bar.frame.samples / total:.1%})"
    letters = int((bar.width - 4) / CHARACTER)
    label = f'<text x="{bar.left + 3:.1f}" y="{top + 12:.1f}" fill="#1b1d22">{_plain(name, letters)}</text>'
    return (
        f'<g><title>{said}</title><rect x="{bar.left:.2f}" y="{top:.1f}" width="{max(bar.width - 0.5, 0.2):.2f}" '
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
