"""What the person at the terminal reads while the stack starts: numbered steps, each with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Counts the steps of a start. `total` is known beforehand, so that a reader knows how far along it is."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One numbered step: a line when it begins and one when it is done. A failure prints nothing of its own."""
        self.number += 1
        print(f"[{self.number:>2}/{self.total}] {title}", flush=True)
        began = time.monotonic()
        yield
        print(f"        done in {time.monotonic() - began:.1f} s", flush=True)

    def detail(self, text: str) -> None:
        """A line below the current step."""
        print(f"        {text}", flush=True)


def notice(text: str) -> None:
    """One line about a running stack, with the UTC time of day."""
    print(f"{time.strftime('%H:%M:%S', time.gmtime())}Z {text}", flush=True)


def complain(text: str) -> None:
    """One line on standard error."""
    print(f"gatehouse: {text}", file=sys.stderr, flush=True)
