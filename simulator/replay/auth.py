"""`auth.log` of Linux and logs like it as security events: log-ins of sshd, PAM, login, su, sudo and many daemons.

Classic times have no year: it comes from `--year`, or such that the last line is not in the future; it goes back by one
where the months run backwards. A line "message repeated N times" stands for N events. A failed log-in is one event,
however many lines tell of it; session bookkeeping and cron are none. What looks like a failure and no form fits is
counted and shown.
"""

import re
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from core import clock
from simulator.auth_log import forms
from simulator.auth_log import line as lines_of
from simulator.auth_log.line import MOST_REPEATS, Line
from simulator.auth_log.said import Said
from simulator.auth_log.tries import Tries
from simulator.replayer import Item, Malformed, Parsed, Reader

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONNECTION = frozenset({"sshd"})  # a process serves one connection
Fields = dict[str, Any]


def read(lines: list[str], options: Namespace) -> Parsed:
    """Security events of the lines that say one; the others are counted as skipped."""
    parsed, tries = Parsed(), Tries()
    heads: dict[int, Line] = {}
    events: list[tuple[int, Said, int]] = []
    before: dict[str, tuple[Line, Said | None]] = {}
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            head = lines_of.read(text)
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
            continue
        if head.again:
            last, said = before.get(head.host, (None, None))
            head = head if last is None else replace(last, when=head.when, times=head.times)
        else:
            said = forms.said(head)
        before[head.host] = (head, said)
        if said is None:
            if forms.looks_like_failure(head):
                parsed.doubtful.append((number, text))
            continue
        heads[number] = head
        _take(number, head, said, tries, events)
    kept = sorted([*events, *tries.standing()], key=lambda told: told[0])
    years = iter(
        _years([when for number, _, _ in kept if isinstance(when := heads[number].when, datetime)], options.year)
    )
    for number, said, times in kept:
        when = heads[number].when
        at = next(years) if isinstance(when, datetime) else when
        parsed.items.append(Item(number, at, _event(heads[number], said), times=min(times, MOST_REPEATS)))
    told = len({number for number, _, _ in kept}) + len(parsed.malformed) + len(parsed.doubtful)
    parsed.skipped = len(lines) - told
    return parsed


def _take(number: int, head: Line, said: Said, tries: Tries, events: list[tuple[int, Said, int]]) -> None:
    program, pid = forms.family(head)
    process = (head.host, program, pid)
    at = head.when.timestamp() if isinstance(head.when, datetime) else head.when
    if said.ip and program in _CONNECTION:
        tries.heard(process, at, said.ip)
    if said.settles:
        tries.settled(process, at, said)
    if said.layer is not None:
        tries.add(number, process, at, said, head.times)
    elif said.action:
        events.append((number, said, head.times))


def _event(head: Line, said: Said) -> Fields:
    event: Fields = {
        "kind": "security",
        "severity": said.severity,
        "text": _clean(f"{head.program}: {head.text}", 2000),
        "category": said.category,
        "action": _clean(said.action, 200),
        "outcome": said.outcome,
        "source": head.host[:200],
    }
    if actor := _clean(said.actor or "", 200).strip():
        event["actor"] = actor
    if said.ip:
        event["ip"] = said.ip
    return event


def _years(times: list[datetime], given: int | None) -> list[float]:
    """Epoch seconds of the times, which have no year."""
    turns = [0]
    for before, after in pairwise(times):
        turns.append(turns[-1] + (after.month < before.month and before.month - after.month > 6))
    if given is not None or not times:
        first = given if given is not None else clock.to_datetime(clock.now()).year
    else:
        now = clock.to_datetime(clock.now())
        first = now.year - turns[-1]
        if _with_year(times[-1], now.year) > now.timestamp():
            first -= 1
    return [_with_year(when, first + turn) for when, turn in zip(times, turns, strict=False)]


def _with_year(when: datetime, year: int) -> float:
    try:
        return when.replace(year=year).timestamp()
    except ValueError:  # 29 February of a year without one
        return when.replace(year=year, month=3, day=1).timestamp()


def _clean(text: str, length: int) -> str:
    return _CONTROL.sub("?", text)[:length]


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument(
        "--year",
        type=int,
        choices=range(1970, 2100),
        metavar="YEAR",
        help="year of the first line (default: the latest year that puts no line in the future)",
    )


READER = Reader("auth.log → security events", read, options)
