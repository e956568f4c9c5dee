"""The command line `python -m statuses analyze`: a history of counts, and what the detector makes of it.

Exit codes: 0 every row was read; 1 wrong rows were named and left out; 2 nothing could be read, or the request was
wrong; 3 with `--check`, an episode that pages is still open at the end of the history.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from core import clock, codec
from core.errors import BadInput
from core.settings import Settings
from core.statuses.detector import composition, params, volume
from core.statuses.detector.params import Params
from core.stores import assemble
from statuses import baseline, replay
from statuses.playback import Playback, play
from statuses.reading.read import Read, read
from statuses.report import page, text
from statuses.report.build import report
from statuses.report.document import VERSION, Document

WRONG_ROWS, OPEN_EPISODE = 1, 3
NAMED = 20  # wrong rows on the terminal
Tell = Callable[[str], None]


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    found = argparse.ArgumentParser(prog="python -m statuses", description="Transaction statuses by the minute.")
    commands = found.add_subparsers(dest="command", required=True)
    commands.add_parser("worker", help="run the status detector until it is stopped")
    analyze = commands.add_parser(
        "analyze",
        help="statistics of a history, what would have fired, and what can be detected",
        epilog="Exit codes: 0 all rows read; 1 invalid rows listed and skipped; 2 nothing to read; 3 with --check, an "
        "episode is still open at the end.",
    )
    analyze.add_argument("file", type=Path, help="counts by status: CSV or Parquet, long or wide, minutes or seconds")
    analyze.add_argument("--codes", type=Path, help="counts by authorisation code of the same period")
    analyze.add_argument("--encoding", help="of the files, where they are neither UTF-8 nor windows-1252")
    analyze.add_argument("--html", type=Path, default=Path("statuses-report.html"), help="default: %(default)s")
    analyze.add_argument("--json", type=Path, default=Path("statuses-report.json"), help="default: %(default)s")
    analyze.add_argument("--apply", action="store_true", help="apply what was learnt to --source from now on")
    analyze.add_argument("--source", default="default", help="source of the baseline (default: %(default)s)")
    analyze.add_argument("--check", action="store_true", help="exit code 3 when an episode is open at the end")
    baseline = commands.add_parser("baseline", help="list the baselines of a source, or revert the newest")
    baseline.add_argument("what", choices=("list", "revert"))
    baseline.add_argument("--source", default="default", help="default: %(default)s")
    sender = commands.add_parser("replay", help="replay a history through the API")
    replay.options(sender)
    return found


def run(arguments: argparse.Namespace, settings: Settings, tell: Tell, complain: Tell) -> int:
    """Read, judge, tell and write. Raises BadInput."""
    files = [read(path, arguments.encoding) for path in (arguments.file, arguments.codes) if path is not None]
    own = params.load(settings)
    played = judged(files, own)
    made = clock.iso(clock.now())
    document = Document(VERSION, made, [report(*pair, own) for pair in zip(files, played, strict=True)])
    for line in text.lines(document):
        tell(line)
    _write(arguments.html, page.page(document, played).encode())
    _write(arguments.json, codec.encode(document))
    tell(f"Report: {arguments.html} and {arguments.json}")
    for file in files:
        name(file, complain)
    if arguments.apply:
        stores = assemble(settings)
        learnt = baseline.learnt([file.history for file in files], own)
        version = baseline.put(stores, arguments.source, learnt, arguments.file.name, clock.now())
        tell(f"Baseline {version} of {arguments.source} is active. To revert it: python -m statuses baseline revert")
    still = [one for each in played for one in each.episodes if one.pages and one.ended is None]
    if arguments.check and still:
        return OPEN_EPISODE
    return WRONG_ROWS if any(file.bad for file in files) else 0


def judged(files: list[Read], p: Params) -> list[Playback]:
    """Each file through the detector; they share one budget, and the second judges shares only."""
    volumes = min(2, len(files[0].history.statuses))
    tests = volumes * volume.TESTS + sum(len(file.history.statuses) * composition.TESTS for file in files)
    return [play(file.history, i == 0, p, tests) for i, file in enumerate(files)]


def name(file: Read, complain: Tell) -> None:
    """Name the wrong rows."""
    for row, reason in file.bad[:NAMED]:
        complain(f"{file.history.name}, row {row}: {reason}")
    if len(file.bad) > NAMED:
        complain(f"{file.history.name}: {len(file.bad) - NAMED:,} more invalid rows are in the JSON report")
    if file.bad:
        complain(f"{file.history.name}: {len(file.bad):,} of {file.rows:,} rows were skipped")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(str(path), f"cannot be written: {error.strerror}") from error
