"""`python -m stack` as a person at a terminal sees it: what it prints, its exit code, and what it leaves behind."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.tree import ROOT


class Terminal:
    """A running `python -m stack`; `lines` grows while it prints."""

    def __init__(self, env: Mapping[str, str], *arguments: str) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stack", *arguments],
            cwd=ROOT,
            env=dict(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, text: str, seconds: float) -> str:
        """The first line that contains `text`. Fails with everything that was printed when none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if text in line:
                    return line
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.1)
        raise AssertionError(f"{text!r} was not printed; the terminal shows:\n" + "\n".join(self.lines))

    def end(self, number: int, seconds: float = 60.0) -> int:
        """Sends a signal and waits for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def exit_code(self, seconds: float = 60.0) -> int:
        """Waits for it to end by itself."""
        code = self.process.wait(seconds)
        self._reader.join(5.0)
        return code

    def close(self) -> None:
        """Ends it whatever state it is in."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


def left_behind(home: Path) -> list[str]:
    """Command lines of processes that belong to the stack of this directory."""
    found = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            belongs = str(home) in command or process.environ().get("GATEHOUSE_DATA") == str(home)
        except psutil.Error:
            continue
        if belongs:
            found.append(command)
    return found
