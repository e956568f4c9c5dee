"""From the values of a TOML file to a typed one, with every problem at once and the line of each. Pure."""

import copy
import math
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from core.toml_lines import Path, line_of, path_of

T = TypeVar("T")
MOST = 50
LARGEST = 2**53
LONGEST_TEXT = 4000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FIELD = re.compile(r"^Object (contains unknown|missing required) field `(.+)`$")


def convert(raw: Any, kind: type[T], name: str, text: str, base: str = "$") -> tuple[T | None, list[str]]:
    """(the value, no problems) or (None, what is wrong): `rules.toml, line 12: expected `float`, got `str` (above)`.

    `text` is the file's, `base` the path in it at which `raw` stands. What is wrong is taken out and the rest is looked
    at again, so that one mistake hides no other.
    """
    problems: list[str] = []
    removed, unusable = _Removed(), list(_unusable(raw, ()))
    if not unusable:  # which is usual: nothing is to be taken out, so no copy is needed
        try:
            return msgspec.convert(raw, kind), []
        except msgspec.ValidationError:
            pass
    rest = copy.deepcopy(raw)
    for path, reason in reversed(unusable):  # from the end, so that earlier places stay what they are
        problems.insert(0, _sentence(reason, None, (*path_of(base), *path), name, text))
        removed.take_out(rest, path, None)
    while len(problems) < MOST:
        try:
            value = msgspec.convert(rest, kind)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `")
            path = path_of(_named(rest, kind, reason, place.rstrip("`"))) if place else ()
            field = _FIELD.match(reason)
            there = removed.original(path)
            follows = (*there, field[2]) in removed.paths if field else removed.concerns(there, reason)
            if not follows:
                problems.append(_sentence(reason, field, (*path_of(base), *there), name, text))
            if not removed.take_out(rest, path, field):
                return None, problems
        else:
            return (None, problems) if problems else (value, [])
    return None, problems


def _named(raw: Any, kind: Any, reason: str, place: str) -> str:
    """The place with the name of the entry where msgspec only says that it is some entry of a mapping."""
    before, some, after = place.partition("[...]")
    if not some:
        return place
    try:
        within = raw
        for part in path_of(before):
            within = within[part]
        for key in list(within):
            alone = copy.deepcopy(raw)
            there = alone
            for part in path_of(before):
                there = there[part]
            for other in within:
                if other != key:
                    del there[other]
            try:
                msgspec.convert(alone, kind)
            except msgspec.ValidationError as error:
                if str(error) == f"{reason} - at `{place}`":
                    return _named(alone, kind, reason, f'{before}."{key}"{after}')
    except (KeyError, IndexError, TypeError):
        pass
    return place


def _unusable(raw: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Values that no field of any file can mean: they would pass as a number or a text and fail where they are used."""
    if isinstance(raw, dict):
        for name, value in raw.items():
            yield from _unusable(value, (*path, name))
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            yield from _unusable(value, (*path, index))
    elif isinstance(raw, float) and not math.isfinite(raw):
        yield path, f"expected a finite number, got {raw}"
    elif isinstance(raw, (int, float)) and abs(raw) > LARGEST:
        yield path, "expected a number of at most 16 digits"
    elif isinstance(raw, str) and _CONTROL.search(raw):
        yield path, "the text contains a control character"
    elif isinstance(raw, str) and len(raw) > LONGEST_TEXT:
        yield path, f"expected a text of at most {LONGEST_TEXT} characters"


class _Removed:
    """What was taken out, by the paths of the file; the entries of a list move up when one before them is gone."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()

    def concerns(self, path: Path, reason: str) -> bool:
        """Whether a whole is wrong only because a part of it, wrong itself, was taken out."""
        of_value = reason.startswith(("Expected", "Invalid"))
        return not of_value and any(gone[: len(path)] == path and len(gone) > len(path) for gone in self.paths)

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
