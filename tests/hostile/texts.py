"""Hostile texts for a pattern, made from the pattern itself: what leads to each repeat, the repeat's own body many
times, and an end on which it fails.
"""

import re
import re._constants as sre
import re._parser as parser
from collections.abc import Callable, Iterator
from typing import Any

MOST = 48
ENDS = ("", "\0", "\n!", " x")


def made_for(pattern: "re.Pattern[Any]") -> Iterator[Callable[[int], Any]]:
    """Functions from a length to a text of about that length."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    packed = isinstance(pattern.pattern, bytes)
    seen: set[tuple[str, str, str]] = set()
    for before, body in [*_repeats(list(tree), ""), ("", _sample(tree, 1)), ("", "a"), ("", " "), ("", "0")]:
        for lead in {before, ""}:
            for end in ENDS:
                key = (lead, body or "a", end)
                if key not in seen and len(seen) < MOST:
                    seen.add(key)
                    yield _maker(*key, packed)


def _maker(lead: str, body: str, end: str, packed: bool) -> Callable[[int], Any]:
    def make(length: int) -> Any:
        text = (lead + body * (length // len(body) + 1))[: max(1, length)] + end
        return text.encode("latin-1", "replace") if packed else text

    return make


def _repeats(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """What stands before each repeat, and what it repeats, at every depth; neighbours together, too."""
    for place, (kind, value) in enumerate(nodes):
        lead = before + "".join(_sample([node], 1) for node in nodes[:place])
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            for option in _options(value[2]):
                yield lead, option
            if place + 1 < len(nodes):
                yield lead, _sample(nodes[place : place + 2], 1)
            yield from _repeats(list(value[2]), lead)
        elif kind is sre.SUBPATTERN:
            yield from _repeats(list(value[3]), lead)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(list(value), lead)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), lead)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(list(value[1]), lead)


def _options(body: Any) -> list[str]:
    """A text for each way through the body of a repeat."""
    nodes = list(body)
    if len(nodes) == 1 and nodes[0][0] is sre.SUBPATTERN:
        return _options(nodes[0][1][3])
    if len(nodes) == 1 and nodes[0][0] is sre.BRANCH:
        found = [_sample(branch, 1) for branch in nodes[0][1][1]]
        return [*found, "".join(found)]
    if len(nodes) == 1 and nodes[0][0] is sre.IN:
        return _members(nodes[0][1])
    return list(dict.fromkeys(text for times in (0, 1, 3) if (text := _sample(nodes, times))))


def _sample(nodes: Any, times: int) -> str:
    """A text that the nodes match; optional parts are there."""
    return "".join(_one(kind, value, times) for kind, value in nodes)


def _one(kind: Any, value: Any, times: int) -> str:
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return next(char for char in "a0 _" if ord(char) != value)
    if kind is sre.ANY:
        return "a"
    if kind is sre.IN:
        return _members(value)[0]
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _sample(value[2], times) * min(max(value[0], times), value[1], 40)
    if kind is sre.SUBPATTERN:
        return _sample(value[3], times)
    if kind is sre.ATOMIC_GROUP:
        return _sample(value, times)
    if kind is sre.BRANCH:
        return _sample(value[1][0], times)
    if kind is sre.GROUPREF:
        return "a"
    return ""


_CLASSES = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_NOT_DIGIT: "a", sre.CATEGORY_SPACE: " ", sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_WORD: "a", sre.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def _members(items: Any) -> list[str]:
    """Some characters of a class, the first, the last and one in between."""
    if items and items[0][0] is sre.NEGATE:
        pattern = [(kind, value) for kind, value in items[1:]]
        return [char for char in "a0 .-\\(,\x80é" if not any(_holds(kind, value, char) for kind, value in pattern)][:4]
    found: list[str] = []
    for kind, value in items:
        if kind is sre.LITERAL:
            found.append(chr(value))
        elif kind is sre.RANGE:
            found += [chr(value[0]), chr(value[1])]
        elif kind is sre.CATEGORY:
            found.append(_CLASSES[value])
    return (found[:3] + found[-2:]) or ["a"]


def _holds(kind: Any, value: Any, char: str) -> bool:
    if kind is sre.LITERAL:
        return chr(value) == char
    if kind is sre.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    shape = {"1": r"\d", "a": r"\w", " ": r"\s", "-": r"\W"}[_CLASSES[value]]
    if value in (sre.CATEGORY_NOT_DIGIT, sre.CATEGORY_NOT_SPACE):
        shape = {r"\w": r"\D" if value is sre.CATEGORY_NOT_DIGIT else r"\S"}[shape]
    return re.fullmatch(shape, char) is not None
