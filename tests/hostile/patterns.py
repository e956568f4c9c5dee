"""Every regular expression of the product, found by walking its syntax trees: compiled ones, calls of `re`, msgspec's
`Meta(pattern=…)`; and how each is used.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.tree import ROOMS, ROOT, module, named, sources, tree

DIRECT = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


class Found(NamedTuple):
    """A pattern, where it stands, and by which methods it is used."""

    where: str
    pattern: "re.Pattern[Any]"
    uses: tuple[str, ...]


def everything() -> Iterator[Found]:
    """The patterns of every room."""
    for path in sources():
        if path.relative_to(ROOT).parts[0] in ROOMS:
            yield from of(path)


def of(path: Path) -> Iterator[Found]:
    """The patterns of one file. Fails for one that cannot be had without running the code around it."""
    names, others = _uses(tree(path))
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        where = f"{named(path)}:{node.lineno}"
        called = name(node.func)
        if called == "re.compile":
            compiled = _compiled(path, node)
            uses = tuple(sorted(names.get(_assigned(path, node), others))) or ("match", "search", "fullmatch")
            for one in compiled:
                yield Found(where, one, uses)
        elif called.startswith("re.") and called[3:] in DIRECT:
            yield Found(where, re.compile(_value(path, node.args[0]), _flags(path, node, called[3:])), (called[3:],))
        elif called in ("Meta", "msgspec.Meta"):
            for keyword in node.keywords:
                if keyword.arg == "pattern":
                    yield Found(where, re.compile(_value(path, keyword.value)), ("search",))


def _uses(root: ast.Module) -> tuple[dict[str, set[str]], set[str]]:
    """Methods that are called, or handed on, of each name of a compiled pattern; and those of any other name, by which
    patterns are used that stand in a table or are handed to a function.
    """
    found: dict[str, set[str]] = {}
    for node in ast.walk(root):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in DIRECT:
            found.setdefault(node.value.id, set()).add(node.attr)
    compiled = {
        target.id
        for node in root.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name(node.value.func) == "re.compile"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    own = {name: uses for name, uses in found.items() if name in compiled}
    return own, {use for name, uses in found.items() if name not in compiled and name != "re" for use in uses}


def _assigned(path: Path, call: ast.Call) -> str:
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and node.value is call and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
    return ""


def _compiled(path: Path, call: ast.Call) -> list["re.Pattern[Any]"]:
    """The compiled objects of one `re.compile`: of its name, or of whatever structure of its module it stands in."""
    for node in tree(path).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and any(inner is call for inner in ast.walk(node)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            assert isinstance(target, ast.Name)
            held = list(_within(getattr(importlib.import_module(module(path)), target.id)))
            if held:
                return held
    return [re.compile(_value(path, call.args[0]), _flags(path, call, "compile"))]


def _within(value: Any) -> Iterator["re.Pattern[Any]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _within(one)


def _value(path: Path, node: ast.expr) -> Any:
    """The pattern's text. An expression that the file's own constants decide is evaluated with them."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        known = vars(importlib.import_module(module(path)))
        return eval(compile(ast.Expression(node), str(path), "eval"), dict(known))


def _flags(path: Path, call: ast.Call, method: str) -> int:
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(method, 2)
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "flags"), None)
    if given is None and len(call.args) > place:
        given = call.args[place]
    return int(_value(path, given)) if given is not None else 0


def name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
