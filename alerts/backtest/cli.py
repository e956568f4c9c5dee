"""The command lines `python -m alerts backtest` and `python -m alerts replay`."""

import argparse
import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts import ruleset
from alerts.backtest.replay import replay
from alerts.backtest.run import run
from alerts.backtest.spec import Result, Series, Spec, Variant
from core import clock, durations
from core.errors import BadInput
from core.settings import Settings
from core.store import alert_states
from core.store.db import Database

Tell = Callable[[str], None]


def add(commands: Any) -> None:
    """The sub-commands."""
    test = commands.add_parser("backtest", help="when would a rule have fired?")
    test.add_argument("rule", help="a rule of rules.toml, such as A1")
    test.add_argument("--from", dest="start", default="", help="ISO 8601, or as 24h before the end; default 24h")
    test.add_argument("--to", dest="end", default="", help="ISO 8601; default now")
    test.add_argument("--csv", type=Path, help="a series of one's own instead of stored history")
    test.add_argument("--time", default="timestamp", help="the CSV's column of times (ISO 8601 or epoch seconds)")
    test.add_argument("--value", default="value", help="the CSV's column of values")
    test.add_argument("--set", nargs="+", default=[], metavar="FIELD=VALUE", help="a second variant: above=4 for=5m …")
    again = commands.add_parser("replay", help="does the recorded run come out the same?")
    again.add_argument("--from", dest="start", default="24h")
    again.add_argument("--to", dest="end", default="")


def backtest(arguments: argparse.Namespace, known: Settings, tell: Tell) -> int:
    """Run and tell. Raises BadInput, ConfigError, DatabaseAway."""
    now = clock.now()
    end = _instant(arguments.end, now, now)
    start = _instant(arguments.start or "24h", end, now)
    variants = [Variant()]
    if arguments.set:
        variants.append(Variant("tried", dict(_setting(one) for one in arguments.set)))
    series = read_csv(arguments.csv, arguments.time, arguments.value) if arguments.csv else None
    database = None
    if series is None:
        known.require("database_url")
        database = Database(known.database_url)
    result = run(known, database, ruleset.load(known), Spec(arguments.rule, start, end, variants, series), now)
    for line in report(result):
        tell(line)
    return 0


def compare(arguments: argparse.Namespace, known: Settings, tell: Tell) -> int:
    """Replay and tell what differs; exit code 1 when something does."""
    now = clock.now()
    end = _instant(arguments.end, now, now)
    known.require("database_url")
    with Database(known.database_url).transaction() as connection:
        records = [data for _, data in alert_states.ticks(connection, _instant(arguments.start, end, now), end)]
    evaluations = lines = different = changed = 0
    for one in replay(ruleset.load(known), records, known.config.windows):
        evaluations, lines = evaluations + 1, lines + len(one.live)
        changed += not one.same_rules
        if one.live != one.replayed:
            different += 1
            for sign, found in (("live", one.live), ("replay", one.replayed)):
                tell(f"{clock.iso(one.at)} {sign}: {'; '.join(found) or 'nothing'}")
    tell(f"{evaluations} evaluations, {lines} decisions, {different} evaluations differ")
    if changed:
        tell(f"{changed} evaluations ran under other rules than those of rules.toml now")
    return 1 if different else 0


def report(result: Result) -> list[str]:
    """The result for a terminal."""
    span = f"{_time(result.start)} to {_time(result.end)}"
    lines = [f"{result.rule} {result.title}, {span}, {result.evaluations} evaluations ({result.source})"]
    for one in result.variants:
        changed = ", ".join(f"{name}={value}" for name, value in one.set.items())
        lines.append("")
        lines.append(
            f"{one.name}{f' ({changed})' if changed else ''}: {one.pages} firings, {one.pages_per_day:g} a day"
        )
        wait = "–" if one.detect_seconds is None else durations.text(one.detect_seconds)
        lines.append(
            f"  firing for {durations.text(one.firing_seconds)} in all, median time to detect {wait},"
            f" {one.flaps} flaps, {one.missing} times without data"
        )
        for firing in one.firings:
            length = "still firing" if firing.end is None else durations.text(round(firing.end - firing.start))
            series = f" {firing.series}" if firing.series else ""
            peak = "" if firing.peak is None else f", worst {firing.peak:g} {result.chart.unit}".rstrip()
            lines.append(f"  {_time(firing.start)}{series} {length}{peak}")
    return lines


def read_csv(path: Path, time: str, value: str) -> Series:
    """A series from two columns, in order of time; of rows with one time the last counts.

    Raises BadInput naming file, row and column.
    """
    points: list[tuple[float, float | None]] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            rows = csv.DictReader(source)
            for name in (time, value):
                if name not in (rows.fieldnames or []):
                    raise BadInput(str(path), f"has no column {name!r}; it has {', '.join(rows.fieldnames or [])}")
            for row in rows:
                points.append(_point(path, rows.line_num, time, value, row))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(points) < 2:
        raise BadInput(str(path), "has fewer than two rows")
    return Series(path.name, sorted(dict(points).items()))


def _point(path: Path, line: int, time: str, value: str, row: dict[str, Any]) -> tuple[float, float | None]:
    texts = [(row.get(name) or "").strip() for name in (time, value)]
    try:
        at = _epoch(texts[0])
    except ValueError:
        raise BadInput(f"{path}, row {line}, column {time}", f"{texts[0]!r} is no time") from None
    try:
        return at, None if not texts[1] else float(texts[1])
    except ValueError:
        raise BadInput(f"{path}, row {line}, column {value}", f"{texts[1]!r} is no number") from None


def _epoch(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        parsed = datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _instant(text: str, end: float, now: float) -> float:
    """An instant, or a length of time before `end`; '' is now."""
    if not text:
        return now
    try:
        return end - durations.seconds(text)
    except ValueError:
        pass
    try:
        return _epoch(text)
    except ValueError:
        raise BadInput("--from/--to", f"{text!r} is neither an ISO 8601 time nor a length such as 24h") from None


def _setting(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise BadInput("--set", f"{text!r} is not FIELD=VALUE")
    try:
        number = float(value)
        return name, int(number) if number.is_integer() and "." not in value else number
    except ValueError:
        return name, value


def _time(at: float) -> str:
    return f"{clock.to_datetime(at):%Y-%m-%d %H:%M:%S}"
