"""Headers that every answer gets, put on it with one look at those it has: setting them one by one looks for each."""

from collections.abc import Iterable

from werkzeug.datastructures import Headers

Pair = tuple[str, str]


def put(headers: Headers, pairs: Iterable[Pair], missing: Iterable[Pair] = ()) -> None:
    """Set each of `pairs`, in place of what it was, and of `missing` those that are not there."""
    there = {name.lower() for name, _ in headers}
    for name, value in pairs:
        lower = name.lower()
        if lower in there:
            headers.set(name, value)
        else:
            headers.add(name, value)
            there.add(lower)
    for name, value in missing:
        if name.lower() not in there:
            headers.add(name, value)
