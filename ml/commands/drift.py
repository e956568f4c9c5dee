"""`python -m ml drift`: make a drift report, list the kept ones, compare two.

Without a file: the champion's stored predictions of the last days. With one: that file against the champion's training
data. With two: the second against the first, which needs no database.
"""

import argparse
from pathlib import Path
from typing import Any

import msgspec

from core import clock, codec
from core.audit.actors import COMMAND_LINE
from core.errors import BadInput
from core.models import drift_reports
from core.models.drift import changes
from core.models.drift.page import page
from core.models.drift.report import ColumnDrift, Report
from core.settings import Settings
from core.stores import Stores, assemble
from ml.drift import reports as drift
from ml.drift.chunked_data import EVERY, Chunking

RETRAIN = 3
SHOWN = 20  # chunks that are printed
_WORDS = {"ok": "OK", "watch": "WATCH", "retrain": "RETRAIN", "insufficient": "NOT ENOUGH DATA"}


def add(commands: Any) -> None:
    """The command and its options."""
    command = commands.add_parser("drift", help="compare data with the training data of a model, or two files")
    command.add_argument(
        "files",
        nargs="*",
        type=Path,
        help="a CSV file (may be compressed) to compare with the champion's data, or REFERENCE CURRENT",
    )
    command.add_argument("--days", type=float, default=7.0, help="without files: days of predictions to compare")
    command.add_argument("--threshold", type=float, help="share of drifted features above which to retrain (0.3)")
    command.add_argument("--label", help="label column")
    command.add_argument("--score", help="score column")
    command.add_argument("--encoding", help="encoding of the files (default: detected)")
    command.add_argument("--ignore", nargs="+", default=[], help="columns to exclude")
    command.add_argument("--categorical", nargs="+", default=[], help="numeric columns to treat as categories")
    command.add_argument("--chunk", type=int, metavar="ROWS", help="also compare a file in chunks of this many rows")
    command.add_argument("--every", choices=EVERY, help="also compare each hour, day, week or month (UTC)")
    command.add_argument("--time", metavar="COLUMN", help="time column of a file, for --every")
    command.add_argument("--html", type=Path, help="write the report as HTML")
    command.add_argument("--json", type=Path, help="write the report as JSON")
    command.add_argument("--no-keep", action="store_true", help="do not store the report")
    command.add_argument("--check", action="store_true", help=f"exit code {RETRAIN} when the verdict is to retrain")
    command.add_argument("--list", action="store_true", help="list stored reports instead of creating one")
    command.add_argument("--compare", nargs=2, type=int, metavar=("FIRST", "SECOND"), help="compare two stored reports")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry the command out; returns the exit code. Raises GatehouseError."""
    if len(arguments.files) > 2:
        raise BadInput("drift", "takes at most two files: a reference and the current data")
    if arguments.chunk is not None and arguments.every:
        raise BadInput("drift", "takes --chunk or --every, not both")
    if (arguments.chunk is not None or arguments.time) and not arguments.files:
        raise BadInput("drift", "--chunk and --time are for files; stored predictions take --every")
    kept = bool(settings.database_url and settings.redis_url) and not arguments.no_keep
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
    given = (arguments.ignore, arguments.encoding, arguments.categorical)
    columns = drift.Columns(arguments.label, arguments.score, *given)
    chunking = Chunking(arguments.chunk, arguments.every, arguments.time)
    now = clock.now()
    if len(arguments.files) == 2:
        report = drift.of_files(arguments.files[0], arguments.files[1], columns, limits, now, chunking)
    elif stores is None:
        raise BadInput("drift", "needs a database, or two files")
    elif arguments.files:
        report = drift.of_file(stores, arguments.files[0], columns, limits, now, chunking)
    else:
        report = drift.of_stored(stores, arguments.days, limits, now, arguments.every)
    _print(report)
    _write(arguments.html, page(report).encode())
    _write(arguments.json, codec.encode(msgspec.to_builtins(report)))
    if stores and not arguments.no_keep:
        number = drift_reports.save(stores.database, report, COMMAND_LINE)
        print(f"stored as report {number}: GET /api/v1/drift-reports/{number}/html")
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
    _print_chunks(report)
    for note in report.notes:
        print(f"warning: {note}")
    print(f"{_WORDS[report.verdict]}: {report.summary}")


def _print_chunks(report: Report) -> None:
    """The chunks in which something changed, and how many others there are."""
    if not report.chunks:
        return
    changed = [chunk for chunk in report.chunks if chunk.drifted or chunk.turned]
    few = sum(not chunk.judged for chunk in report.chunks)
    print(f"chunks of {report.every}:" if report.every[0].isdigit() else f"every {report.every}:")
    for chunk in changed[:SHOWN]:
        told = {**chunk.turned, **chunk.drifted}
        print(f"  {chunk.name} ({chunk.rows:,} rows)  {', '.join(f'{name}: {what}' for name, what in told.items())}")
    if len(changed) > SHOWN:
        print(f"  … and {len(changed) - SHOWN} more with changes")
    same = len(report.chunks) - len(changed) - few
    print(f"  {same} without change, {few} with fewer than {report.params.minimum} rows")


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
        print("no reports stored")
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
