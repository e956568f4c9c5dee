"""Where a value stands in a TOML text: from a path such as `("rule", 2, "parameters", "above")` to its line. Pure.

tomllib gives values without places. This follows table headers and keys only, which is enough to name a line: what
lies within one value (an inline table, an array over several lines) is found at the line of its key, or at the line
on which the inner key is first written.
"""

import re

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*+(\[\[?+)([^\[\]]++)\]\]?+\s*+(#.*+)?+$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_INNER = re.compile(r"""(?<![\w-])([\w-]++)["']?+\s*+=""")
_NAME = re.compile(r""""[^"]*+"|'[^']*+'|[^.]+""")
_PART = re.compile(r"""\.(?:"([^"]+)"|([\w-]+))|\[(\d+|\.\.\.)\]|\.([^.\[\]]+)""")


def places(text: str) -> dict[Path, int]:
    """The line (from 1) of every table header and key."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _resolve(header[2].strip(), counts, is_list=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_names(key[1])), number)
    return found


def line_of(text: str, path: Path) -> int | None:
    """The line of the longest known part of a path; None when not even its first part is there."""
    known = places(text)
    for length in range(len(path), 0, -1):
        line = known.get(path[:length])
        if line is not None:
            return _within(text, line, path[length:])
    return None


def path_of(place: str) -> Path:
    """The parts of a JSON path as msgspec writes it: `$.rule[2].title`; `[...]` is some entry of a mapping."""
    parts: list[str | int] = []
    for quoted, plain, index, other in _PART.findall(place.removeprefix("$")):
        if index:
            parts += [int(index)] if index != "..." else []
        else:
            parts.append(quoted or plain or other)
    return tuple(parts)


def _within(text: str, line: int, rest: Path) -> int:
    """The line of an inner key of a value that begins at `line`, as far as it can be seen."""
    lines = text.splitlines()
    for name in (part for part in rest if isinstance(part, str)):
        for number in range(line, len(lines) + 1):
            if number > line and (_HEADER.match(lines[number - 1]) or _KEY.match(lines[number - 1])):
                break
            if any(key[1] == name for key in _INNER.finditer(lines[number - 1])):
                line = number
                break
    return line


def _resolve(header: str, counts: dict[Path, int], is_list: bool) -> Path:
    path: Path = ()
    names = _names(header)
    for i, name in enumerate(names):
        path = (*path, name)
        if is_list and i == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _names(text: str) -> list[str]:
    return [part.strip().strip("\"'") for part in _NAME.findall(text)]
