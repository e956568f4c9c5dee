"""Training runs: their command line, their rank, and what remains of them."""

import os
import sys
import time

import pytest

from ml import runs
from ml.bodies import Train
from ml.cli import parser
from ml.runs import command


@pytest.mark.parametrize("note", ["", "weekly", "--promote", "-x = y"])
def test_a_note_is_a_note_whatever_it_says(note: str) -> None:
    arguments = parser().parse_args(command(Train(days=7, note=note))[3:])
    assert (arguments.stored, arguments.days, arguments.note, arguments.promote) == (True, 7, note, False)


def test_a_run_is_of_low_priority_and_leaves_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rank is read after a moment: it is set once the process is there."""
    script = "import os, time; time.sleep(0.5); print(os.nice(0) - int(os.environ['BASE']))"
    monkeypatch.setenv("BASE", str(os.getpriority(os.PRIO_PROCESS, 0)))
    monkeypatch.setattr(runs, "command", lambda _: [sys.executable, "-c", script])
    made = runs.Runs()
    run = made.start(Train())
    with pytest.raises(runs.Busy):
        made.start(Train())
    limit = time.monotonic() + 20
    while run.exit_code is None and time.monotonic() < limit:
        time.sleep(0.05)
    assert (run.exit_code, run.output) == (0, ["10"])
