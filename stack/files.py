"""Writing files that hold secrets: whole or not at all, and never readable by more people than meant."""

import os
import time
from pathlib import Path


def write_whole(path: Path, body: bytes, mode: int = 0o600) -> None:
    """Replace a file at once, on the disk before it counts; by default only its owner may read it. Raises OSError."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    scratch.chmod(mode)
    scratch.replace(path)
