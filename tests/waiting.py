"""How tests wait for what happens elsewhere: look again and again, patiently, because a busy machine is no fault."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0  # seconds; only a claim that never comes true is waited for that long
PAUSE = 0.02


def until(reached: Callable[[], Any], seconds: float = PATIENCE, look: Callable[[], object] | None = None) -> Any:
    """What `reached` says once it is true, or at last; `look` is called between, for what must be driven by hand."""
    deadline = time.monotonic() + seconds
    while not (found := reached()) and time.monotonic() < deadline:
        if look:
            look()
        time.sleep(PAUSE)
    return found
