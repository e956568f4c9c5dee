"""A progress bar on standard error: redrawn on a terminal, a line for every fifth of the way elsewhere."""

import sys
import time
from types import TracebackType

_WIDTH, _STEP, _PAUSE = 30, 0.2, 0.1


class Bar:
    """`tell(share, what)` draws; leaving the `with` block ends the line."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = _STEP
        self._drawn = 0.0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")

    def tell(self, share: float, what: str) -> None:
        """How far the work is, 0..1, and what it does."""
        if self._terminal:
            now = time.monotonic()
            if now - self._drawn >= _PAUSE or share >= 1:
                filled = round(share * _WIDTH)
                sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%} {what}")
                sys.stderr.flush()
                self._drawn = now
        elif share >= self._next:
            self._next = share + _STEP
            sys.stderr.write(f"{share:4.0%} {what}\n")
            sys.stderr.flush()
