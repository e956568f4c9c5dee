"""What changed between two drawings of a panel, so that a tick sends new rows and points and not what everybody has.

A patch names the version it starts from; the browser (`assets/js/live/delta.js`) applies it only to exactly that
drawing and else asks for the whole. A value is patched by one of these: `{"same": true}`, `{"whole": value}`,
`{"merge": {key: patch}}` (the other keys stay), `{"each": [patch]}` of a list, or `{"runs": [...]}`, where
`[start, count]` stands for a stretch that is kept from the old list; `{"text": [...]}` are the runs of an HTML text's
pieces, each of which but the first begins with `<`.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

Payload = Mapping[str, Any]
Patch = dict[str, Any]
SAME: Patch = {"same": True}
MOST_PIECES = 400  # of two texts whose pieces are compared: at most some 30 ms
_PIECE = re.compile(r"<[^<]*|[^<]+")


def between(old: Payload, new: Payload) -> dict[str, Any] | None:
    """A patch from the payload `old` to `new`; None when there is nothing to start from."""
    if "slots" not in old or "slots" not in new:
        return None
    before = old["slots"]
    patch = {
        "base": old["version"],
        "slots": {name: _slot(before.get(name), now) for name, now in new["slots"].items()},
    }
    return {**patch, **({"note": new["note"]} if "note" in new else {})}


def _slot(old: Any, new: Any) -> Patch:
    if old == new:
        return SAME
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() <= new.keys():
        if "rows" in old:
            rows = {"runs": runs([row[0] for row in old["rows"]], new["rows"], old["rows"])}
            return _merge(old, new, {"rows": rows})
        if "data" in old and len(old["data"]) == len(new["data"]) and _has_all(old["data"], new["data"]):
            data = [_trace(before, now) for before, now in zip(old["data"], new["data"], strict=True)]
            layout = {key: value for key, value in new["layout"].items() if old["layout"].get(key) != value}
            merged = {key: {"whole": value} for key, value in layout.items()}
            return _merge(old, new, {"data": {"each": data}, "layout": {"merge": merged}})
        if isinstance(old.get("html"), str) and isinstance(new.get("html"), str):
            return _merge(old, new, {"html": _text(old["html"], new["html"])})
    return {"whole": new}


def _text(old: str, new: str) -> Patch:
    before, now = _PIECE.findall(old), _PIECE.findall(new)
    if len(before) + len(now) > MOST_PIECES:
        return {"whole": new}
    found: list[Any] = []
    for what, start, end, first, last in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        found.extend([[start, end - start]] if what == "equal" else now[first:last])
    return {"text": found}


def _has_all(old: Sequence[Payload], new: Sequence[Payload]) -> bool:
    """Whether no trace has lost a property."""
    return all(before.keys() <= now.keys() for before, now in zip(old, new, strict=True))


def _merge(old: Payload, new: Payload, known: dict[str, Patch]) -> Patch:
    """What differs, by the patches that are `known` and else whole."""
    return {
        "merge": {
            key: known.get(key, {"whole": value}) for key, value in new.items() if key not in old or old[key] != value
        }
    }


def runs(keys: Sequence[str], rows: Sequence[Any], old: Sequence[Any]) -> list[Any]:
    """`rows` with every stretch that is in `old` too replaced by `[start, count]`; `keys` are those of `old`."""
    place = {key: at for at, key in enumerate(keys)}
    found: list[Any] = []
    for row in rows:
        at = place.get(row[0])
        if at is None or old[at] != row:
            found.append(row)
        elif found and _is_run(found[-1]) and sum(found[-1]) == at:
            found[-1][1] += 1
        else:
            found.append([at, 1])
    return found


def _is_run(entry: Any) -> bool:
    return isinstance(entry, list) and isinstance(entry[0], int)


def _trace(old: Payload, new: Payload) -> Patch:
    known: dict[str, Patch] = {}
    if "ids" in new and "ids" in old:
        axes = ("ids", "x", "y")
        points = list(zip(*(new[axis] for axis in axes), strict=True))
        found = runs(old["ids"], points, list(zip(*(old[axis] for axis in axes), strict=True)))
        known = {
            axis: {"runs": [entry if _is_run(entry) else entry[at] for entry in found]} for at, axis in enumerate(axes)
        }
    if "z" in new and "z" in old and len(new["z"]) == len(old["z"]):
        shift = round((new["x0"] - old["x0"]) / new["dx"]) if new["dx"] == old["dx"] else len(new["z"][0])
        known["z"] = {"each": [_moved(*rows, shift) for rows in zip(old["z"], new["z"], strict=True)]}
    return _merge(old, new, known)


def _moved(old: Sequence[Any], new: Sequence[Any], shift: int) -> Patch:
    """A row of which most moved left by `shift`."""

    def is_kept(x: int) -> bool:
        return 0 <= x + shift < len(old) and old[x + shift] == new[x]

    found: list[Any] = []
    for kept, places in groupby(range(len(new)), is_kept):
        stretch = list(places)
        found.extend([[stretch[0] + shift, len(stretch)]] if kept else [new[x] for x in stretch])
    return {"runs": found}
