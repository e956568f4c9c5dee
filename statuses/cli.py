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
from statuses import baseline
from statuses.playback import Playback, play
from statuses.reading.read import Read, read
from statuses.report import page, text
from statuses.report.build import report
from statuses.report.document import VERSION, Document

WRONG_ROWS, OPEN_EPISODE = 1, 3
NAMED = 20  # wrong rows on the terminal
Tell = Callable[[str], None]


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
