"""What rules and stored states give, made fit to be judged and stored; whatever is wrong with one stays with that one.

A reading that cannot be judged becomes an error of its series, a name that PostgreSQL cannot hold one that it can, and
of a stored state that this release does not know (of a newer one, or damaged) what can be read is kept. Pure.
"""

import math
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from alerts.evaluate.machine import State
from alerts.evaluate.rule import Reading

LONGEST = 500
LONGEST_DETAIL = 2000
LATEST = 32_503_680_000.0  # the year 3000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def readings(found: Any) -> list[Reading]:
    """The readings of a rule, each series once. Raises TypeError for what is no list of readings."""
    if not isinstance(found, list) or not all(isinstance(one, Reading) for one in found):
        raise TypeError(f"it returned {type(found).__name__}, not a list of readings")
    kept: dict[str, Reading] = {}
    for one in found:
        fit = reading(one)
        kept.setdefault(fit.series, fit)
    return list(kept.values())


def reading(found: Reading) -> Reading:
    """The reading, or an error in its place."""
    series = name(str(found.series))
    try:
        value = None if found.value is None else float(found.value)
        band = None if found.band is None else (float(found.band[0]), float(found.band[1]))
        details = plain(dict(found.details))
        numbers = [value or 0.0, *(band or ())]
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"its value {value} is not a number")
        return Reading(series, value, int(found.n), text(str(found.error))[:300], bool(found.gone), band, details)
    except Exception as error:
        return Reading(series, None, error=text(f"its data could not be read: {error}")[:300])


def name(series: str) -> str:
    """A series' name as it can be stored: one that must be changed stays apart from all others by a digest."""
    clean = text(series)
    if clean == series and len(series) <= LONGEST:
        return series
    digest = blake2b(series.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{clean[: LONGEST - 20]}~{digest}"


def text(words: str) -> str:
    """The text without what PostgreSQL cannot hold."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", words)


def plain(value: Any, depth: int = 4) -> Any:
    """JSON-able: numbers, texts, lists and mappings as they are, anything else as its text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping) and depth:
        return {text(str(key)): plain(one, depth - 1) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)) and depth:
        return [plain(one, depth - 1) for one in value]
    return text(str(value))[:LONGEST_DETAIL]


def state(stored: str | bytes) -> State:
    """A state from its JSON. What cannot be read starts anew; what can stays, above all which incidents are open."""
    try:
        found = msgspec.json.decode(stored, type=State)
    except (msgspec.DecodeError, RecursionError):
        found = _salvaged(stored)
    times = (found.since, found.began, found.held, found.calm, found.ignored, found.unseen, *found.firings)
    if all(0 <= one <= LATEST for one in times):
        return found
    return msgspec.structs.replace(
        found, since=0.0, began=0.0, held=0.0, calm=0.0, ignored=0.0, unseen=0.0, firings=(), flapping=False
    )


def _salvaged(stored: str | bytes) -> State:
    try:
        raw = msgspec.json.decode(stored)
    except (msgspec.DecodeError, RecursionError):
        return State()
    if not isinstance(raw, dict):
        return State()
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(State):
        if field.name in raw:
            try:
                kept[field.name] = msgspec.convert(raw[field.name], field.type, strict=True)
            except msgspec.ValidationError:
                continue
    found = State(**kept)
    if found.incident and found.phase != "firing":
        return msgspec.structs.replace(
            found, phase="firing"
        )  # a phase that we do not know, of an incident that is open
    return found
