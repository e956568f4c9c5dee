"""How the stack starts a child process: it dies with us, and runs as somebody else where root is refused.

A child asks the kernel to be signalled when the thread that started it ends (`PR_SET_PDEATHSIG`), so that even
`kill -9` of the supervisor leaves nothing behind. Start children from the main thread only: the kernel watches the
thread.
"""

import ctypes
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: BinaryIO | int = subprocess.DEVNULL,
    cwd: Path | None = None,
    uid: int | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `command` in its own process group, output to `log`, as user `uid` when given. Raises OSError."""
    parent = os.getpid()

    def prepare() -> None:
        if uid is not None:
            become(uid)
        if sys.platform == "linux":
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        process_group=0,
        preexec_fn=prepare,
    )


def become(uid: int) -> None:
    """Gives up root for `uid`, keeping only the right to pass directories such as a 0700 home.

    PostgreSQL refuses to run as root, yet its files lie below a checkout that only root may enter. The ambient
    capability opens the path without loosening the mode of any directory; where a container withholds it, the
    process simply starts without.
    """
    os.setgroups([])
    os.setgid(uid)
    _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setuid(uid)
    mask = 1 << CAP_DAC_OVERRIDE
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)) == 0:
        _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def unprivileged() -> int | None:
    """The user id to run PostgreSQL as: None (ourselves) unless we are root."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534


def stop(process: subprocess.Popen[bytes], patience: float, first: int = signal.SIGTERM) -> bool:
    """Asks with `first`, waits up to `patience` seconds, then kills the whole group. True when asking was enough."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            kill(process)
            return False
    return True


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills the process and its group at once, and reaps it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
