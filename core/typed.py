"""From the values of a TOML file to a typed one, with every problem at once and the line of each. Pure."""

import copy
import re
from typing import Any, TypeVar

import msgspec

from core.toml_lines import Path, line_of, path_of

T = TypeVar("T")
MOST = 50
_FIELD = re.compile(r"^Object (contains unknown|missing required) field `(.+)`$")


def convert(raw: Any, kind: type[T], name: str, text: str, base: str = "$") -> tuple[T | None, list[str]]:
    """(the value, no problems) or (None, what is wrong): `rules.toml, line 12: expected `float`, got `str` (above)`.

    `text` is the file's, `base` the path in it at which `raw` stands. What is wrong is taken out and the rest is looked
    at again, so that one mistake hides no other.
    """
    problems: list[str] = []
    rest, removed = copy.deepcopy(raw), _Removed()
    while len(problems) < MOST:
        try:
            value = msgspec.convert(rest, kind)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `")
            path = path_of(place.rstrip("`")) if place else ()
            field = _FIELD.match(reason)
            there = removed.original(path)
            if not (field and (*there, field[2]) in removed.paths):
                problems.append(_sentence(reason, field, (*path_of(base), *there), name, text))
            if not removed.take_out(rest, path, field):
                return None, problems
        else:
            return (None, problems) if problems else (value, [])
    return None, problems


class _Removed:
    """What was taken out, by the paths of the file; the entries of a list move up when one before them is gone."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()

    def original(self, path: Path) -> Path:
        """The path in the file of a path in what is left."""
        found: Path = ()
        for part in path:
            if isinstance(part, int):
                gone = sorted(p[-1] for p in self.paths if p[:-1] == found and isinstance(p[-1], int))
                for index in gone:
                    part += index <= part
            found = (*found, part)
        return found

    def take_out(self, raw: Any, path: Path, field: re.Match[str] | None) -> bool:
        """Remove what was complained about; False when nothing can be judged any more without it."""
        if field and "unknown" in field[1]:
            path = (*path, field[2])
        elif field or not path:
            path = _nearest_entry(path)
        there = self.original(path)
        if not path or there in self.paths or not _remove(raw, path):
            return False
        self.paths.add(there)
        return True


def _sentence(reason: str, field: re.Match[str] | None, path: Path, name: str, text: str) -> str:
    wanted = (*path, field[2]) if field and "unknown" in field[1] else path
    line = line_of(text, wanted)
    where = f"{name}, line {line}" if line else name
    if field:
        kind = "unknown field" if "unknown" in field[1] else "missing field"
        inside = f" in {_said(path)}" if path else ""
        return f"{where}: {kind} {field[2]!r}{inside}"
    return f"{where}: {_said(path)}: {reason[:1].lower()}{reason[1:]}" if path else f"{where}: {reason}"


def _said(path: Path) -> str:
    """A path as people read it: the third rule is `rule 3`."""
    text = ""
    for part in path:
        text += f" {part + 1}" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def _nearest_entry(path: Path) -> Path:
    """The list entry that holds what is at `path`: an incomplete table is left out whole."""
    for length in range(len(path), 0, -1):
        if isinstance(path[length - 1], int):
            return path[:length]
    return ()


def _remove(raw: Any, path: Path) -> bool:
    at = raw
    try:
        for part in path[:-1]:
            at = at[part]
        del at[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
