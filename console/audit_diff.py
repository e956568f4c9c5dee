"""What changed between two documents, in words: for actions on an incident and for the audit log. Pure."""

import re
from typing import Any

from console import format

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)\Z")
_FINGERPRINT = re.compile(r"[0-9a-f]{32,}")


def difference(before: Any, after: Any) -> str:
    """What changed between two documents, as `profile: normal → strict`; what stayed is left out, what is new stands
    alone. Documents that are no objects are said whole."""
    if any(found is not None and not isinstance(found, dict) for found in (before, after)):
        return "" if before == after else _change(before, after)
    was, now = (found if isinstance(found, dict) else {} for found in (before, after))
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return ", ".join(f"{name.replace('_', ' ')}: {_change(was.get(name), now.get(name))}" for name in names)


def _change(was: Any, now: Any) -> str:
    return _plain(now) if was is None else f"{_plain(was)} → {_plain(now)}"


def _plain(value: Any) -> str:
    """A value of a document in words: no brackets and quotes, times to the second, fingerprints by their beginning."""
    if value is None or value == "":
        return format.NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format.number(value)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value) or format.NONE
    text = str(value)
    if _TIME.match(text):
        return f"{text[:10]} {text[11:19]} UTC"
    return f"{text[:12]}…" if _FINGERPRINT.fullmatch(text) else text
