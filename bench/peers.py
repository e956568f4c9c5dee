"""Runs a script in the environment of the statistics peers (Evidently, NannyML), which `make peers` makes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.settings import ROOT


class NoPeers(Exception):
    """The peers' environment has not been made."""


def python() -> Path:
    """The peers' Python. Raises NoPeers."""
    found = Path(os.environ.get("GATEHOUSE_PEERS", ROOT / ".venv-peers")) / "bin" / "python"
    if not found.exists():
        raise NoPeers("the peers are not installed: make peers")
    return found


def ask(module: str, *arguments: object, own: bool = False) -> Any:
    """What `module` prints as its last line, as JSON; `own` runs it with our Python instead."""
    command = [sys.executable if own else str(python()), "-W", "ignore", "-m", module, *map(str, arguments)]
    environ = {**os.environ, "DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])
