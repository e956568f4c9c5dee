"""Training runs that the scoring service starts: one at a time, each in a process of its own."""

import atexit
import os
import secrets
import subprocess
import sys
import threading

from core import clock
from core.errors import GatehouseError
from ml.bodies import Train, Training

_LINES = 20


class Busy(GatehouseError):
    """A training run is under way."""


class Runs:
    """Starts runs and remembers the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._last: Training | None = None

    def start(self, order: Train) -> Training:
        """Start `python -m ml train --stored` at low priority. Raises Busy while another one runs."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                raise Busy("a training run is under way")
            self._process = subprocess.Popen(
                command(order), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL
            )
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 10)
            atexit.register(self._process.terminate)  # a service that ends leaves no process behind
            self._last = Training(secrets.token_hex(6), clock.iso(clock.now()), None, [])
            threading.Thread(target=self._follow, args=(self._process, self._last), daemon=True).start()
            return self._last

    def last(self) -> Training | None:
        """The newest run of this process, or None."""
        return self._last

    @staticmethod
    def _follow(process: "subprocess.Popen[str]", run: Training) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            run.output = [*run.output, line.rstrip()][-_LINES:]
        run.exit_code = process.wait()
        atexit.unregister(process.terminate)


def command(order: Train) -> list[str]:
    """The command line of a run. The note is one word with its option, or a dash at its start would make it another."""
    words = [sys.executable, "-m", "ml", "train", "--stored", "--days", str(order.days), "--algorithm", order.algorithm]
    return [*words, f"--note={order.note}", *(["--promote"] if order.promote else [])]
