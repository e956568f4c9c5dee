"""`python -m ml drift`: make a drift report, list the kept ones, compare two.

Without a file: the champion's stored predictions of the last days. With one: that file against the champion's training
data. With two: the second against the first, which needs no database.
"""

import argparse
from pathlib import Path
from typing import Any

import msgspec

from core import clock, codec
from core.drift import changes
from core.drift.page import page
from core.drift.report import ColumnDrift, Report
from core.errors import BadInput
from core.settings import Settings
from core.store import drift_reports
from core.store.assembly import Stores, assemble
from ml import drift

RETRAIN = 3
_WORDS = {"ok": "OK", "watch": "WATCH", "retrain": "RETRAIN", "insufficient": "NOT ENOUGH DATA"}


def add(commands: Any) -> None:
    """The command and its options."""
    command = commands.add_parser("drift", help="compare data with what the model was trained on, or two files")
    command.add_argument(
        "files", nargs="*", type=Path, help="a CSV file (or gzip) against the champion's data, or REFERENCE CURRENT"
    )
    command.add_argument("--days", type=float, default=7.0, help="without files: how far back predictions are taken")
    command.add_argument("--threshold", type=float, help="share of drifted features above which to retrain (0.3)")
    command.add_argument("--label", help="column of what transactions really were")
    command.add_argument("--score", help="column of the model's scores")
    command.add_argument("--encoding", help="how the text files are encoded (default: found out)")
    command.add_argument("--ignore", nargs="+", default=[], help="columns to leave out")
    command.add_argument("--html", type=Path, help="write the report as a page")
    command.add_argument("--json", type=Path, help="write the report as JSON")
    command.add_argument("--check", action="store_true", help=f"exit code {RETRAIN} when the verdict is to retrain")
    command.add_argument("--list", action="store_true", help="the newest kept reports instead of a new one")
    command.add_argument("--compare", nargs=2, type=int, metavar=("FIRST", "SECOND"), help="two kept reports instead")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry the command out; returns the exit code. Raises GatehouseError."""
    if len(arguments.files) > 2:
        raise BadInput("drift", "takes at most two files: a reference and the current data")
    kept = bool(settings.database_url and settings.redis_url)
    alone = len(arguments.files) == 2 and not kept and not arguments.list and not arguments.compare
    stores = None if alone else assemble(settings)
    try:
        if stores and arguments.list:
            return _list(stores)
        if stores and arguments.compare:
            return _compare(stores, *arguments.compare)
        return _report(arguments, settings, stores)
    finally:
        if stores:
            stores.close()


def _report(arguments: argparse.Namespace, settings: Settings, stores: Stores | None) -> int:
    limits = drift.params(settings, arguments.threshold)
    columns = drift.Columns(arguments.label, arguments.score, arguments.ignore, arguments.encoding)
    now = clock.now()
    if len(arguments.files) == 2:
        report = drift.of_files(arguments.files[0], arguments.files[1], columns, limits, now)
    elif stores is None:
        raise BadInput("drift", "needs a database, or two files")
    elif arguments.files:
        report = drift.of_file(stores, arguments.files[0], columns, limits, now)
    else:
        report = drift.of_stored(stores, arguments.days, limits, now)
    _print(report)
    _write(arguments.html, page(report).encode())
    _write(arguments.json, codec.encode(msgspec.to_builtins(report)))
    if stores:
        number = drift_reports.save(stores.database, report, "command line")
        print(f"kept as report {number}: GET /api/v1/drift-reports/{number}/html")
    return RETRAIN if arguments.check and report.verdict == "retrain" else 0


def _write(path: Path | None, content: bytes) -> None:
    if path is None:
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(str(path), f"cannot be written: {error.strerror}") from error
    print(f"wrote {path}")


def _print(report: Report) -> None:
    width = min(28, max((len(column.name) for column in report.columns), default=6))
    for column in report.columns:
        print(f"{column.state:<12}  {column.name:<{width}}  {_effect(column):<9}  {column.reason}")
        for note in column.notes:
            print(f"{'':<12}  {'':<{width}}  {'':<9}  {note}")
    for note in report.notes:
        print(f"beware: {note}")
    print(f"{_WORDS[report.verdict]}: {report.summary}")


def _effect(column: ColumnDrift) -> str:
    test = max(column.tests, key=lambda one: (one.alarm, one.effect / one.limit), default=None)
    return f"{test.effect_name[:6]} {test.effect:.3f}" if test else ""


def _list(stores: Stores) -> int:
    rows = drift_reports.listed(stores.database)
    for row in rows:
        share = "" if row["share"] is None else f"{100 * row['share']:.0f} %"
        print(
            f"{row['id']:>5}  {row['created_at']:%Y-%m-%d %H:%M}  {row['verdict']:<12}  {share:>5}  "
            f"{row['drifted']}/{row['judged']}  {row['current']}"
        )
    if not rows:
        print("no report has been kept")
    return 0


def _compare(stores: Stores, first: int, second: int) -> int:
    reports = []
    for number in (first, second):
        report = drift_reports.load(stores.database, number)
        if report is None:
            raise BadInput("--compare", f"there is no report {number}")
        reports.append(report)
    found = changes.between(*reports)
    for change in found.columns:
        if change.kind != "same":
            print(f"{change.kind:<7}  {change.name}: {change.before or 'not there'} → {change.after or 'not there'}")
    same = sum(change.kind == "same" for change in found.columns)
    print(f"{found.verdict_before} → {found.verdict_after}; {same} columns in the same state")
    return 0
