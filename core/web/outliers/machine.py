"""The process and its machine at a moment: CPU, memory, threads, pools of connections, requests that wait."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from core.events.performance.outlier import Machine, Pool

PoolUse = Callable[[], tuple[int, int]]  # connections in use, and the most there may be
_PER_THREAD, _SCHEDULED = 4, 2  # bits of Linux' clock ids (include/linux/posix-timers_types.h)


def thread_cpu(native_id: int | None) -> float | None:
    """CPU seconds of a thread of this process by the number that the system has for it; None where that is unknown.

    `pthread_getcpuclockid` wants a thread that lives; this clock says so when it does not.
    """
    if native_id is None:
        return None
    try:
        return time.clock_gettime(~native_id << 3 | _PER_THREAD | _SCHEDULED)
    except OSError:
        return None


def native_ids() -> dict[int, int]:
    """The system's numbers of threads by their idents; empty where they have no clock of their own."""
    if not hasattr(time, "pthread_getcpuclockid") or not Path("/proc/self/task").is_dir():
        return {}
    return {one.ident: one.native_id for one in threading.enumerate() if one.ident and one.native_id}


def measure(cpu: float | None, queue: Callable[[], int] | None, pools: Mapping[str, PoolUse]) -> Machine:
    """As of now; `cpu` is how many cores the process used of late."""
    return Machine(
        cpu=None if cpu is None else round(cpu, 3),
        load=round(os.getloadavg()[0], 2),
        cores=os.cpu_count(),
        memory_bytes=psutil.Process().memory_info().rss,
        threads=threading.active_count(),
        queue=None if queue is None else queue(),
        pools=[Pool(name, *use()) for name, use in pools.items()],
    )
