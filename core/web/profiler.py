"""`POST /internal/profile`: a sampling profile of this very process while it works, as a flame graph.

py-spy reads the stacks from outside, without stopping the process (`--nonblocking`); Linux lets it where the process
says so (`PR_SET_PTRACER`, for the length of the profile only) or has no such restriction. One profile at a time in a
process. Of several workers the one that takes the request is profiled.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from flask import Flask, Response
from msgspec import Meta, Struct

from core import clock, log
from core.web import flame_graph
from core.web.body import arguments
from core.web.openapi import INTERNAL, documented
from core.web.problems import problem

PATH = "/internal/profile"
PR_SET_PTRACER = 0x59616D61
ANY_PROCESS = ctypes.c_ulong(-1)
NOBODY = ctypes.c_ulong(0)
SLACK_SECONDS = 15.0


class ProfileQuery(Struct, forbid_unknown_fields=True):
    """Arguments: seconds to sample, samples a second."""

    seconds: Annotated[int, Meta(ge=1, le=60)] = 10
    rate: Annotated[int, Meta(ge=10, le=500)] = 100


class ProfileFailed(Exception):
    """py-spy is missing, or the system does not let it read this process."""


def install(app: Flask, name: str) -> None:
    """Add the route to the process `name`."""
    busy = threading.Lock()

    @app.post(PATH)
    @documented(
        "Record a flame graph of this process",
        tag=INTERNAL,
        scope="profile",
        query=ProfileQuery,
        answers={200: str},
        content_type="image/svg+xml",
        problems=(400, 409, 503),
    )
    def profile() -> Response:
        asked = arguments(ProfileQuery)
        if not busy.acquire(blocking=False):
            return problem(409, "This process is already being profiled. Try again when that has finished.", "Busy")
        try:
            folded = sample(os.getpid(), asked.seconds, asked.rate)
        except ProfileFailed as error:
            return problem(503, str(error), "Not possible here")
        finally:
            busy.release()
        title = f"{name}, process {os.getpid()}, {asked.seconds} s from {clock.iso(clock.now() - asked.seconds)}"
        drawn = flame_graph.svg(flame_graph.fold(folded.splitlines()), title)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; style-src 'none'"}
        return Response(drawn, headers=headers, content_type="image/svg+xml")


def sample(pid: int, seconds: int, rate: int) -> str:
    """Folded stacks of a process that allows it. Raises ProfileFailed."""
    tool = Path(sys.executable).with_name("py-spy")
    if not tool.exists():
        raise ProfileFailed("py-spy is not installed beside Python: pip install -r requirements.txt")
    with tempfile.TemporaryDirectory(prefix="gatehouse-profile-") as folder, _open_to_tracing():
        found = Path(folder) / "stacks"
        command = [
            str(tool), "record", "--nonblocking", "--pid", str(pid), "--duration", str(seconds), "--rate", str(rate),
            "--format", "raw", "--output", str(found),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + SLACK_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProfileFailed(f"py-spy did not end: {error.__class__.__name__}") from error
        if done.returncode or not found.exists():
            words = (done.stderr.strip().splitlines() or ["no output"])[0]
            log.get(__name__).warning("py-spy failed", code=done.returncode, detail=done.stderr[:2000])
            raise ProfileFailed(f"py-spy could not read the process: {words[:200]} (see docs/actions.md, profile)")
        return found.read_text(errors="replace")


@contextmanager
def _open_to_tracing() -> Iterator[None]:
    """Let other processes of the same user read this one's memory while the block runs (Yama's ptrace_scope 1)."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(PR_SET_PTRACER, ANY_PROCESS, 0, 0, 0)
    try:
        yield
    finally:
        if libc is not None:
            libc.prctl(PR_SET_PTRACER, NOBODY, 0, 0, 0)
