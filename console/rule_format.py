"""A rule's values and limits as people read them: with their unit, or in words where the rule measures a state."""

from typing import Any

from console import format
from core.alerting.rule_metadata import Definition, worded

_WORSE = {">": "worse than", "<": "better than"}


def measured(value: Any, unit: str = "", of: Definition | None = None) -> str:
    """`104 ms`, or `DOWN`. `of`: the rule's definition or an incident's details, whichever has the `words`."""
    return (value is not None and worded(of or {}, value)) or format.measure(value, unit)


def limited(value: Any, unit: str = "", of: Definition | None = None, sign: str = "") -> str:
    """`> 100 ms`, or `worse than SLOW`; higher states are the worse ones."""
    if value is not None and (word := worded(of or {}, value)):
        return f"{_WORSE.get(sign, 'worse than')} {word}"
    return f"{sign} {format.limit(value, unit)}".lstrip()
