"""The names of a file's columns: each gets one of its own, as R and pandas number them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from core.errors import BadInput

_LISTED = 30


def named(given: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The names, `unnamed 1` where there is none and `a.1` for the second `a`; and the numbered ones with their own."""
    found: list[str] = []
    twice: dict[str, str] = {}
    empty, used = 0, set(given)
    counts: Counter[str] = Counter()
    for name in given:
        if not name:
            empty = next(n for n in count(empty + 1) if f"unnamed {n}" not in used)
            name = f"unnamed {empty}"
        elif counts[name]:
            number = next(n for n in count(counts[name]) if f"{name}.{n}" not in used)
            counts[name], twice[f"{name}.{number}"] = number, name
            name = f"{name}.{number}"
            used.add(name)
        counts[twice.get(name, name)] += 1
        found.append(name)
    return found, twice


def said(twice: Mapping[str, str]) -> list[str]:
    """A sentence on columns that were numbered."""
    if not twice:
        return []
    pairs = ", ".join(f"{name!r} is {own!r}" for own, name in list(twice.items())[:10])
    return [f"Columns named more than once were numbered: the next {pairs}{' …' if len(twice) > 10 else ''}."]


def check(header: Sequence[str], wanted: Iterable[str], place: str) -> None:
    """Raises BadInput for a wanted column that is not there, with a name like it."""
    known = set(header)
    for column in wanted:
        if column not in known:
            alike = [other for other in header if other.lower() == column.lower()]
            hint = f"; did you mean {alike[0]!r}?" if alike else ""
            listed = ", ".join(header[:_LISTED]) + (" …" if len(header) > _LISTED else "")
            raise BadInput(place, f"has no column {column!r}{hint} (it has {listed})")
