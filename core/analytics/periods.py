"""Periods of the pages of Analytics, as an address names them: 24 h, 7 d, 30 d, all, or from a time to another. Pure.

Sums are kept by hour, so a period is whole hours, UTC. One that is live ends with the hour under way; it is compared
over its finished hours with the period before and with the same week days before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from core import clock
from core.errors import BadInput

HOUR, DAY = 3600, 86_400
WEEK = 7 * DAY
LENGTHS = {"24h": DAY, "7d": WEEK, "30d": 30 * DAY}
WORDS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "all": "All", "custom": "Custom"}
USUAL = "24h"
MOST = 10 * 366 * DAY  # of a period of one's own
STEPS = (1, 3, 6, 12, 24, 168)  # hours of a chart's bin
MOST_BINS = 200


class Span(NamedTuple):
    """From an hour to another, epoch seconds; `end` is not in it."""

    start: int
    end: int

    @property
    def given(self) -> dict[str, datetime]:
        """As parameters of a query, `:start` and `:end`."""
        return {"start": clock.to_datetime(self.start), "end": clock.to_datetime(self.end)}

    @property
    def whole_days(self) -> "Span":
        """Its whole days, UTC; where it has none, nothing at its end."""
        first, after = -(-self.start // DAY) * DAY, self.end // DAY * DAY
        return Span(first, after) if first <= after else Span(self.end, self.end)

    @property
    def given_by_days(self) -> dict[str, datetime]:
        """As parameters of a query of whole days and the hours around them: `:whole_start` and `:whole_end`, too."""
        whole = self.whole_days.given
        return {**self.given, "whole_start": whole["start"], "whole_end": whole["end"]}

    def back(self, seconds: int) -> "Span":
        """The same span so many seconds before."""
        return Span(self.start - seconds, self.end - seconds)


class Period(NamedTuple):
    """What an address asks for, at `now`: the hours of `span`, some of which may be under way."""

    name: str
    span: Span
    now: float

    @property
    def is_live(self) -> bool:
        """Whether the hour under way is in it."""
        return self.span.end > self.now

    @property
    def finished(self) -> Span:
        """Its hours that are over: what is compared."""
        return Span(self.span.start, max(self.span.start, min(self.span.end, int(self.now // HOUR * HOUR))))

    @property
    def before(self) -> Span | None:
        """The finished hours of the period before; None of all that there is."""
        return None if self.name == "all" else self.finished.back(self.span.end - self.span.start)

    @property
    def same_weekdays(self) -> Span | None:
        """The finished hours so many whole weeks before that the spans do not meet; None of all that there is."""
        weeks = -(-(self.span.end - self.span.start) // WEEK)
        return None if self.name == "all" else self.finished.back(weeks * WEEK)

    @property
    def step(self) -> int:
        """Seconds of a chart's bin: hours as long as they are few enough."""
        hours = (self.span.end - self.span.start) // HOUR
        return next((step for step in STEPS if hours <= step * MOST_BINS), STEPS[-1]) * HOUR

    @property
    def query(self) -> str:
        """What an address needs to ask for it again; nothing for the usual one."""
        if self.name == "custom":
            ends = {"from": f"{clock.to_datetime(self.span.start):%Y-%m-%dT%H:%M}",
                    "to": f"{clock.to_datetime(self.span.end):%Y-%m-%dT%H:%M}"}  # fmt: skip
            return f"?{urlencode({'period': 'custom', **ends})}"
        return "" if self.name == USUAL else f"?{urlencode({'period': self.name})}"


def parse(args: Mapping[str, str], now: float, oldest: float | None = None) -> Period:
    """The period that an address asks for. `oldest` is the first hour of which anything is known, where `all` begins.

    Raises BadInput, which says what is wrong with the address.
    """
    name = args.get("period") or ("custom" if args.get("from") or args.get("to") else USUAL)
    end = int(now // HOUR * HOUR) + HOUR
    if name in LENGTHS:
        return Period(name, Span(end - LENGTHS[name], end), now)
    if name == "all":
        return Period(name, Span(min(int((oldest or now) // HOUR * HOUR), end - HOUR), end), now)
    if name == "custom":
        return Period(name, _own(args, end), now)
    raise BadInput("period", f"{name[:40]!r} is no period: choose one of {', '.join(WORDS)}")


def usual(now: float) -> Period:
    """The period of an address that asks for none."""
    return parse({}, now)


def _own(args: Mapping[str, str], end: int) -> Span:
    first, last = _moment(args, "from"), _moment(args, "to")
    span = Span(int(first // HOUR * HOUR), min(int(-(-last // HOUR) * HOUR), end))
    if last <= first:
        raise BadInput("to", "the end lies before the beginning")
    if span.start >= end:
        raise BadInput("from", "the beginning lies in the future")
    if span.end - span.start > MOST:
        raise BadInput("from", f"a period has at most {MOST // DAY:,} days")
    return span


def _moment(args: Mapping[str, str], name: str) -> float:
    text = args.get(name, "")[:64]
    if not text:
        raise BadInput(name, f"a custom period needs {name!r}, for example 2026-11-30T08:00 (UTC)")
    try:
        return clock.moment(text).timestamp()
    except ValueError:
        raise BadInput(name, f"{text[:40]!r} is no time: write 2026-11-30 or 2026-11-30T08:00 (UTC)") from None
