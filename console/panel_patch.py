"""What changed between two drawings of a panel, so that a tick sends new rows and points and not what everybody has.

A patch names the version it starts from; the browser applies it only to exactly that drawing and else asks for the
whole. Runs `[start, count]` stand for stretches that are kept from the old list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Payload = Mapping[str, Any]


def between(old: Payload, new: Payload) -> dict[str, Any] | None:
    """A patch from the payload `old` to `new`; None when there is nothing to start from.

    Each slot of the patch is `{"same": true}`, `{"rows": …}`, `{"figure": …}` or `{"whole": content}`.
    """
    if "slots" not in old or "slots" not in new:
        return None
    before = old["slots"]
    patch = {
        "base": old["version"],
        "slots": {name: _slot(before.get(name), now) for name, now in new["slots"].items()},
    }
    return {**patch, **({"note": new["note"]} if "note" in new else {})}


def _slot(old: Any, new: Any) -> dict[str, Any]:
    if old == new:
        return {"same": True}
    if isinstance(old, dict) and isinstance(new, dict):
        if "rows" in old and "rows" in new:
            rest = {key: value for key, value in new.items() if key != "rows"}
            return {"rows": runs([row[0] for row in old["rows"]], new["rows"], old["rows"]), "rest": rest}
        if "data" in old and "data" in new and len(old["data"]) == len(new["data"]):
            return {"figure": _figure(old, new)}
    return {"whole": new}


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
    return isinstance(entry[0], int)


def _figure(old: Payload, new: Payload) -> dict[str, Any]:
    layout = {key: value for key, value in new["layout"].items() if old["layout"].get(key) != value}
    return {
        "layout": layout,
        "data": [_trace(before, now) for before, now in zip(old["data"], new["data"], strict=True)],
    }


def _trace(old: Payload, new: Payload) -> dict[str, Any]:
    patch = {key: value for key, value in new.items() if key not in old or old[key] != value}
    if "ids" in patch and "ids" in old:
        points = list(zip(new["ids"], new["x"], new["y"], strict=True))
        known = list(zip(old["ids"], old["x"], old["y"], strict=True))
        patch["points"] = runs(old["ids"], points, known)
        for key in ("ids", "x", "y"):
            patch.pop(key, None)
    if "z" in patch and "z" in old:
        patch["columns"] = _columns(old, new)
        patch.pop("z")
    return patch


def _columns(old: Payload, new: Payload) -> dict[str, Any]:
    """The columns that differ after the old ones moved left by `shift`, each as its values up to the last."""
    shift = round((new["x0"] - old["x0"]) / new["dx"]) if new["dx"] == old["dx"] else len(new["z"][0])
    width = len(new["z"][0])
    changed: dict[str, list[Any]] = {}
    for x in range(width):
        column = [row[x] for row in new["z"]]
        source = x + shift
        before = [row[source] for row in old["z"]] if 0 <= source < width else None
        if column != before:
            while column and column[-1] is None:
                column.pop()
            changed[str(x)] = column
    return {"shift": shift, "changed": changed}
