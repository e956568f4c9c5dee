"""Which rows judge a model, as fields of the mapping form: options of `python -m ml train`, by the same names. Pure."""

import math
from collections.abc import Mapping
from typing import Any

from core import clock
from core.models.file_preview import FIELDS

NAMES = ("test_from", "test_days", "test_share", "folds", "shuffle")
LONGEST_DAYS, MOST_FOLDS = 36_500.0, 50


def of_options(options: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an earlier run's options, or the empty ones."""
    split = options.get("split", {})
    begin = split.get("test_from")
    form = {"test_from": "" if begin is None else clock.iso(begin), "folds": str(split.get("folds", 1))}
    form |= {name: "" if (one := split.get(name)) is None else f"{one:g}" for name in ("test_days", "test_share")}
    return form | {"shuffle": "on" if split.get("shuffle") else ""}


def parsed(form: Mapping[str, str], time: str | None, delay_days: float, wrong: dict[str, str]) -> dict[str, Any]:
    """What `core.models.training_runs` keeps as `split`; what is wrong goes to `wrong`, by field.

    `time` is the column of times, None for none.
    """
    found: dict[str, Any] = {
        "test_from": _moment(form, wrong),
        "test_days": _number(form, "test_days", LONGEST_DAYS, "Enter a number of days above 0.", wrong),
        "test_share": _number(form, "test_share", 1.0, "Enter a share between 0 and 1, such as 0.2.", wrong),
        "folds": _folds(form, wrong),
        "shuffle": bool(form.get("shuffle")),
    }
    dated = [name for name in ("test_from", "test_days") if found[name] is not None]
    for name in dated:
        if time is None:
            wrong.setdefault(name, f"Test days and dates need a time column: choose one under {_said('time')}.")
    if dated and found["test_share"] is not None:
        wrong.setdefault("test_share", f"Enter a share of the rows or {_said(dated[0])}, not both.")
    if found["shuffle"]:
        against = dated + [name for name, given in (("folds", found["folds"] > 1), ("delay_days", delay_days)) if given]
        if against:
            wrong.setdefault("shuffle", f"A random split cannot be combined with {' and '.join(map(_said, against))}.")
    return found


def _said(field: str) -> str:
    return f"“{FIELDS[field]}”"


def _typed(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\0", "").strip()


def _moment(form: Mapping[str, str], wrong: dict[str, str]) -> float | None:
    text = _typed(form, "test_from")
    if not text:
        return None
    try:
        return clock.moment(text).timestamp()
    except (ValueError, OverflowError):
        wrong["test_from"] = f"{text[:40]!r} is not a date or time in UTC, such as 2026-01-31."
        return None


def _number(form: Mapping[str, str], name: str, below: float, refusal: str, wrong: dict[str, str]) -> float | None:
    text = _typed(form, name)
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if 0 < value < below:
        return value
    wrong[name] = refusal
    return None


def _folds(form: Mapping[str, str], wrong: dict[str, str]) -> int:
    text = _typed(form, "folds") or "1"
    if text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST_FOLDS:
        return int(text)
    wrong["folds"] = f"Enter a whole number from 1 to {MOST_FOLDS}."
    return 1
