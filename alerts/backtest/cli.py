"""The command lines `python -m alerts backtest` and `python -m alerts replay`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alerts import durations
from alerts.backtest.replay import replay
from alerts.backtest.run import run
from alerts.backtest.spec import Result, Series, Spec, Variant
from alerts.evaluate import alert_states, ruleset
from core import clock
from core.db.engine import Database
from core.errors import BadInput
from core.settings import Settings
from core.tabular import dates
from core.tabular import series as series_file

LARGEST = 1_000_000_000  # bytes of a series, and its points
Tell = Callable[[str], None]


def add(commands: Any) -> None:
    """The sub-commands."""
    test = commands.add_parser("backtest", help="backtest a rule: when would it have fired?")
    test.add_argument("rule", help="a rule of rules.toml, such as A1")
    test.add_argument("--from", dest="start", default="", help="ISO 8601, or as 24h before the end; default 24h")
    test.add_argument("--to", dest="end", default="", help="ISO 8601; default now")
    test.add_argument("--csv", type=Path, help="use your own series instead of stored history")
    test.add_argument("--time", default="timestamp", help="time column of the CSV (ISO 8601 or epoch seconds)")
    test.add_argument("--value", default="value", help="value column of the CSV")
    test.add_argument("--by", default="", metavar="COLUMN", help="series column of the CSV")
    test.add_argument(
        "--combine", choices=list(series_file.COMBINED), default="", help="how to combine several values at one time"
    )
    test.add_argument("--unit", default="", help="unit of the values, such as ms")
    test.add_argument("--set", nargs="+", default=[], metavar="FIELD=VALUE", help="a second variant: above=4 for=5m …")
    again = commands.add_parser("replay", help="replay a recorded run and compare the results")
    again.add_argument("--from", dest="start", default="24h")
    again.add_argument("--to", dest="end", default="")


def backtest(arguments: argparse.Namespace, known: Settings, tell: Tell) -> int:
    """Run and tell. Raises BadInput, ConfigError, DatabaseUnavailable."""
    now = clock.now()
    end = _instant(arguments.end, now, now)
    start = _instant(arguments.start or "24h", end, now)
    variants = [Variant()]
    if arguments.set:
        variants.append(Variant("tried", dict(_setting(one) for one in arguments.set)))
    own = (arguments.time, arguments.value, arguments.by, arguments.combine, arguments.unit)
    series = read_csv(arguments.csv, *own) if arguments.csv else None
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
        tell(f"{changed} evaluations ran with different rules than the current rules.toml")
    return 1 if different else 0


def report(result: Result) -> list[str]:
    """The result for a terminal."""
    span = f"{_time(result.start)} to {_time(result.end)}"
    how = f"{result.evaluations} evaluations ({result.source})"
    if result.source == "series":
        how = f"{result.evaluations:,} points, one every {durations.text(result.step)} (series)"
    lines = [f"{result.rule} {result.title}, {span}, {how}"]
    for one in result.variants:
        changed = ", ".join(f"{name}={value}" for name, value in one.set.items())
        name = f"{one.name}{f' ({changed})' if changed else ''}"
        lines.append("")
        if one.unjudged:
            lines.append(f"{name}: {one.unjudged:,} of {one.judged:,} points could not be evaluated: {one.why}")
        if one.judged and one.unjudged == one.judged:
            continue
        lines.append(f"{name}: {one.pages} firings, {one.pages_per_day:g} a day")
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


def read_csv(path: Path, time: str, value: str, by: str = "", combine: str = "", unit: str = "") -> Series:
    """A series from two columns, or one for each value of the column `by`, in order of time.

    Raises BadInput naming file, row and column.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(str(path), f"is larger than {LARGEST:,} bytes")
        raw = path.read_bytes()
        found = series_file.parse(raw, str(path), time, value, LARGEST, LARGEST, by, combine)
        return Series(path.name, parts=found, unit=unit) if by else Series(path.name, found[""], unit=unit)
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from None
    except BadInput as error:
        raise BadInput("--csv", error.reason) from None


def _instant(text: str, end: float, now: float) -> float:
    """An instant, or a length of time before `end`; '' is now."""
    if not text:
        return now
    try:
        return end - durations.seconds(text)
    except ValueError:
        pass
    try:
        return dates.epoch(text)
    except ValueError:
        raise BadInput("--from/--to", f"{text!r} is neither an ISO 8601 time nor a duration such as 24h") from None


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
