"""No regular expression takes more than linear time, whatever a stranger sends: each is found and tried by itself."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import growth, patterns, texts
from tests.hostile.patterns import Found
from tests.tree import named, sources, tree


def work_of(pattern: "re.Pattern[Any]", use: str) -> Callable[[Any], object]:
    """The use as it is made, to its end."""
    if use in ("sub", "subn"):
        return lambda text: getattr(pattern, use)(text[:0], text)
    if use == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return lambda text: getattr(pattern, use)(text)


def slowest(found: Found) -> str:
    """ "" when a pattern is linear for every text that is made for it; else what was found."""
    for use in found.uses:
        for made in texts.made_for(found.pattern):
            if said := growth.too_slow(work_of(found.pattern, use), made):
                return f"{found.where}: {use} of {found.pattern.pattern!r} on {made(20)!r}: {said}"
    return ""


@pytest.mark.timeout(900)
def test_every_pattern_is_linear() -> None:
    once = {(found.pattern, use): found._replace(uses=(use,)) for found in patterns.everything() for use in found.uses}
    slow = [said for found in once.values() if (said := slowest(found))]
    assert not slow, "\n".join(slow)


def test_the_walk_finds_what_there_is() -> None:
    """At least as many as the word `re.compile` stands in the rooms, and those of types."""
    found = [one.where for one in patterns.everything()]
    written = sum(path.read_text().count("re.compile(") for path in sources())
    assert len(found) >= written
    assert any(where.startswith("core/events/types.py") for where in found)


@pytest.mark.parametrize(
    ("slow", "use"),
    [
        (r"(a+)+$", "match"),
        (r"(?:\w+\s?)+$", "match"),
        (r"\s+$", "search"),
        (r"[\w’'-]*[\x80-\uffff]", "search"),
        (r"<(\d+\.?)*>", "search"),
        (r"^.*=.*=.*;$", "match"),
    ],
)
def test_a_slow_pattern_is_found(slow: str, use: str) -> None:
    assert slowest(Found("here", re.compile(slow), (use,)))


@pytest.mark.parametrize("linear", [r"^[a-z]++=\d*", r"^[^\x00-\x1f]+$", r"^(?:ab|ac)*+d", r"(a|b){1,40}c"])
def test_a_linear_pattern_passes(linear: str) -> None:
    assert slowest(Found("here", re.compile(linear), ("match", "search"))) == ""


def test_patterns_of_others_go_to_re2() -> None:
    """A pattern that is no constant comes from somebody: it is never one of `re`, which may take for ever."""
    compiled = [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and patterns.name(node.func) in {"re.compile", *(f"re.{method}" for method in patterns.DIRECT)}
        and not _is_constant(path, node.args[0])
    ]
    assert compiled == []


def _is_constant(path: Path, node: ast.expr) -> bool:
    """Whether only constants and names of the module make it up."""
    own = {
        target.id
        for line in tree(path).body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    tables = {
        call for line in tree(path).body if isinstance(line, (ast.Assign, ast.AnnAssign)) for call in ast.walk(line)
    }
    return node in tables or all(inner.id in own for inner in ast.walk(node) if isinstance(inner, ast.Name))
