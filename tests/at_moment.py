"""Runs a command as if it were another moment: `python -m tests.at_moment 2026-12-04T19:00:00Z pytest tests/unit`.

The clock goes on from that moment, for the databases too (`clock_shift.c`, built with `cc`; libfaketime also shifts
monotonic clocks, after which PostgreSQL's lock timeouts never come). `python -m tests.at_moment all ARGS` runs pytest
once at each moment that breaks programs somewhere every year.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

SOURCE = Path(__file__).with_name("clock_shift.c")
MOMENTS = {
    "a Friday's event launch, in peak hours": ("2026-12-04T19:00:00Z", "UTC"),
    "the last half minute of the year": ("2026-12-31T23:59:30Z", "UTC"),
    "a leap day": ("2028-02-29T12:00:00Z", "UTC"),
    "clocks go forward": ("2027-03-28T00:59:30Z", "Europe/Berlin"),
    "clocks go back": ("2027-10-31T00:59:30Z", "Europe/Berlin"),
    "half an hour off": ("2026-11-30T18:29:30Z", "Asia/Kolkata"),
}


def environment(moment: str, library: Path, zone: str | None = None) -> dict[str, str]:
    """The variables under which a process believes that it is `moment` (ISO 8601 with offset)."""
    offset = datetime.fromisoformat(moment).timestamp() - time.time()
    shifted = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": f"{offset:+.0f}"}
    return {**os.environ, **shifted, **({"TZ": zone} if zone else {})}


def build(folder: Path) -> Path:
    """The library that shifts the clock. Raises CalledProcessError, or FileNotFoundError without a C compiler."""
    library = folder / "clock_shift.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-o", library, SOURCE], check=True)
    library.chmod(0o755)
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    return library


def main(arguments: list[str]) -> int:
    """The exit code of the command, or the worst of all moments."""
    if not arguments:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        if arguments[0] != "all":
            return subprocess.run(arguments[1:], env=environment(arguments[0], library)).returncode
        return every_moment(arguments[1:], library)


def every_moment(arguments: list[str], library: Path) -> int:
    """The worst exit code of pytest over all moments."""
    worst = 0
    for name, (moment, zone) in MOMENTS.items():
        print(f"== {name}: {moment}, TZ={zone}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        worst = max(worst, subprocess.run(command, env=environment(moment, library, zone)).returncode)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
