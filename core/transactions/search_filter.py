"""What a person or a machine may ask of the transaction search: texts of an address in, a typed filter out. Pure.

Used by the page and by the API, so that a link of one means the same to the other. Each wrong text is named.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from core import clock
from core.errors import BadInput
from core.events import types as events
from core.transactions.ids import MOST, is_id

DECISIONS = ("APPROVED", "REVIEW", "BLOCKED", "UNSCORED")
LABELS = ("fraud", "legit", "none", "unsure", "chargeback")
TYPES = ("purchase", "transfer")
SORTS = ("time", "score", "amount")
SPANS = {"1h": 1.0, "24h": 24.0, "7d": 168.0, "30d": 720.0, "90d": 2160.0}
USUAL = "24h"
FIELDS = (
    "q", "id", "wallet", "ip", "span", "from", "to", "score_from", "score_to", "amount_from", "amount_to", "decision",
    "label", "type", "sort", "dir",
)  # fmt: skip
_LATER = timedelta(hours=1)  # events may be a little ahead of our clock


class Asked(Struct, frozen=True, kw_only=True):
    """A filter; None: any. `q` is an id, a wallet or an address, not yet told apart. `start` ≤ at < `end`."""

    start: datetime
    end: datetime
    q: str | None = None
    id: str | None = None
    wallet: str | None = None
    ip: str | None = None
    score_from: float | None = None
    score_to: float | None = None
    amount_from: float | None = None
    amount_to: float | None = None
    decision: tuple[str, ...] = ()
    label: str | None = None
    type: str | None = None
    sort: str = "time"
    ascending: bool = False


def parse(given: Mapping[str, str], now: float) -> tuple[Asked, dict[str, str]]:
    """The filter of texts by field, and what is wrong with which; a wrong field is left out."""
    wrong: dict[str, str] = {}
    today = datetime.fromtimestamp(now, UTC)
    start, end = _span(given, today, wrong)
    values: dict[str, Any] = {name: _text(given, name, wrong) for name in ("q", "id", "wallet")}
    values["wallet"] = (values["wallet"] or "").strip() or None
    values["ip"] = _address(given, wrong)
    for name, top in (("score_from", 1.0), ("score_to", 1.0), ("amount_from", 1e11), ("amount_to", 1e11)):
        values[name] = _number(given, name, top, wrong)
    for low, high in (("score_from", "score_to"), ("amount_from", "amount_to")):
        if values[low] is not None and values[high] is not None and values[low] > values[high]:
            wrong[high] = "Must not be below the lower bound."
    decisions = tuple(part for part in given.get("decision", "").upper().split(",") if part)
    if unknown := [part for part in decisions if part not in DECISIONS]:
        wrong["decision"] = f"{unknown[0][:20]} is not a decision."
    values["decision"] = tuple(part for part in decisions if part in DECISIONS)
    for name, known in (("label", LABELS), ("type", TYPES)):
        values[name] = _choice(given, name, known, wrong)
    sort = _choice(given, "sort", SORTS, wrong) or "time"
    return Asked(start=start, end=end, sort=sort, ascending=given.get("dir", "") == "asc", **values), wrong


def strict(given: Mapping[str, str], now: float) -> Asked:
    """The filter of texts; raises BadInput for the first wrong field."""
    asked, wrong = parse(given, now)
    for name, why in wrong.items():
        raise BadInput(f"?{name}", why)
    return asked


def told_apart(asked: Asked, is_known: bool) -> Asked:
    """With `q` put where it belongs: the id that `is_known`, letter by letter; else an address, else a wallet."""
    if asked.q is None:
        return asked
    if is_known:
        return structs.replace(asked, q=None, id=asked.q)
    typed = asked.q.strip()
    try:
        return structs.replace(asked, q=None, ip=events.address(typed))
    except BadInput:
        return structs.replace(asked, q=None, wallet=typed)


def _span(given: Mapping[str, str], today: datetime, wrong: dict[str, str]) -> tuple[datetime, datetime]:
    first, last = _moment(given, "from", wrong), _moment(given, "to", wrong)
    if first is None and last is None:
        name = given.get("span", "") or USUAL
        if name not in SPANS:
            wrong["span"] = f"One of {', '.join(SPANS)}."
        return today - timedelta(hours=SPANS.get(name, SPANS[USUAL])), today + _LATER
    last = last or today + _LATER
    first = first or last - timedelta(hours=SPANS[USUAL])
    if first >= last:
        wrong["to"] = "Must be later than from."
    return first, last


def _moment(given: Mapping[str, str], name: str, wrong: dict[str, str]) -> datetime | None:
    """A day, or a time; a day as `to` is that whole day."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        found = clock.moment(text)
    except ValueError:
        wrong[name] = "Enter a date or time (UTC), such as 2026-01-31 or 2026-01-31T18:00."
        return None
    if found.year < 2000 or found.year > 2999:
        wrong[name] = "Enter a time after the year 2000."
        return None
    return found + timedelta(days=1) if name == "to" and len(text) == 10 else found


def _text(given: Mapping[str, str], name: str, wrong: dict[str, str]) -> str | None:
    """A text as it was given: blanks and unusual characters may belong to an id. Blanks alone ask for nothing."""
    text = given.get(name, "")
    if text and not is_id(text):
        wrong[name] = f"At most {MOST} characters, and no control characters."
        return None
    return text if text.strip() or (text and name == "id") else None


def _address(given: Mapping[str, str], wrong: dict[str, str]) -> str | None:
    text = given.get("ip", "").strip()
    try:
        return events.address(text) if text else None
    except BadInput:
        wrong["ip"] = "Enter a valid IP address."
        return None


def _number(given: Mapping[str, str], name: str, top: float, wrong: dict[str, str]) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= top:
        wrong[name] = f"Enter a number from 0 to {top:,.0f}."
        return None
    return value


def _choice(given: Mapping[str, str], name: str, known: tuple[str, ...], wrong: dict[str, str]) -> str | None:
    text = given.get(name, "")
    if text and text not in known:
        wrong[name] = f"One of {', '.join(known)}."
        return None
    return text or None
