"""A process that dies by kill -9 at a named place, so that tests can prove that a crash there costs nothing."""

import os
import signal


def reach(name: str, armed: str) -> None:
    """Die here when GATEHOUSE_FAILPOINT (`armed`) names this place."""
    if name == armed:
        os.kill(os.getpid(), signal.SIGKILL)
