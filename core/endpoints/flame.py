"""The tree of a flame graph, of one set of samples or of two that are compared, and its table of functions. Pure.

The idea and the folded form of stacks are Brendan Gregg's ("The Flame Graph", CACM 59(6), 2016); two sets are compared
by shares of their own totals, as in his differential flame graphs, because they may differ in length and traffic.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

Path = Sequence[int]  # functions by number, outermost first
Pair = tuple[int, int]  # samples of the two sets; of one set the second is 0
SURE = 3.0  # standard errors from which a difference is no chance


class Frame:
    """A function in one place of the stacks; `totals` are the samples that passed through it, `selves` ended in it."""

    __slots__ = ("children", "number", "selves", "totals")

    def __init__(self, number: int = -1) -> None:
        self.number = number
        self.totals, self.selves = [0, 0], [0, 0]
        self.children: dict[int, Frame] = {}

    def add(self, path: Path, samples: int, side: int = 0) -> None:
        """Add samples of a stack to one of the two sets."""
        frame = self
        frame.totals[side] += samples
        for number in path:
            found = frame.children.get(number)
            if found is None:
                found = frame.children[number] = Frame(number)
            frame = found
            frame.totals[side] += samples
        frame.selves[side] += samples


class Bar(NamedTuple):
    """A frame to be drawn, in the order of a walk: its depth (the root's is 0), left edge and width as shares of it."""

    frame: Frame
    depth: int
    left: float
    width: float


class Total(NamedTuple):
    """A function in all places together; a stack counts once however often it is in it."""

    number: int
    selves: Pair
    totals: Pair


def folded(path: Path, own: Mapping[int, bool]) -> list[int]:
    """A stack in which libraries show as what was called of them: further frames of libraries below are left out."""
    kept: list[int] = []
    was_library = False
    for number in path:
        is_library = not own.get(number, False)
        if not (is_library and was_library):
            kept.append(number)
        was_library = is_library
    return kept


def below(path: Path, number: int) -> Path | None:
    """A stack from the outermost call of a function on; None where it is not in it."""
    return path[path.index(number) :] if number in path else None


def bars(root: Frame, least: float, most: int) -> list[Bar]:
    """What of a tree is drawn: frames of at least this share of it, in either set, and at most so many, the widest.

    Of two sets the width is the mean of both shares, so that what is in one alone shows too.
    """
    sums = [max(1, one) for one in root.totals]
    sides = 2 if root.totals[1] else 1

    def width(frame: Frame) -> float:
        return sum(frame.totals[side] / sums[side] for side in range(sides)) / sides

    sizes: list[float] = []
    waiting = [root] if any(root.totals) else []
    while waiting:
        frame = waiting.pop()
        sizes.append(width(frame))
        waiting += [child for child in frame.children.values() if width(child) >= least]
    # A frame is as wide as all in it: what is drawn of a narrower one's callers is drawn as well.
    least = max(least, sorted(sizes, reverse=True)[most - 1]) if len(sizes) > most else least
    found: list[Bar] = []
    open_: list[Bar] = [Bar(root, 0, 0.0, width(root))] if sizes else []
    while open_ and len(found) < most:
        bar = open_.pop()
        found.append(bar)
        left, inside = bar.left, []
        for child in sorted(bar.frame.children.values(), key=lambda one: (-width(one), one.number)):
            size = width(child)
            if size < least:
                break
            inside.append(Bar(child, bar.depth + 1, left, size))
            left += size
        open_ += inside[::-1]
    return found


def functions(stacks: Iterable[tuple[Path, int, int]]) -> dict[int, Total]:
    """Every function of stacks (path, samples, which set), by its number."""
    selves: dict[int, list[int]] = {}
    totals: dict[int, list[int]] = {}
    for path, samples, side in stacks:
        for number in set(path):
            totals.setdefault(number, [0, 0])[side] += samples
        if path:
            selves.setdefault(path[-1], [0, 0])[side] += samples
    return {
        number: Total(number, (selves.get(number, [0, 0])[0], selves.get(number, [0, 0])[1]), (counts[0], counts[1]))
        for number, counts in totals.items()
    }


def is_sure(now: int, total: int, before: int, total_before: int) -> bool:
    """Whether two shares differ by more than chance: by three standard errors of their difference."""
    if not total or not total_before:
        return False
    pooled = (now + before) / (total + total_before)
    error = sqrt(pooled * (1 - pooled) * (1 / total + 1 / total_before))
    return error > 0 and abs(now / total - before / total_before) >= SURE * error
