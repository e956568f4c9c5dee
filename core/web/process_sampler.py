"""What this process uses, as the operating system and the interpreter count it; each sample is since the one before."""

import gc
import os
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil

# Threads that do nothing but monitor. A new one gets its line here, or a name that begins with "monitor-".
MONITORING = frozenset({"recorder", "watcher", "outliers", "profiler", "process"})
PREFIX = "monitor-"


class Sample(NamedTuple):
    """`seconds` long. CPU seconds of all threads and of those that monitor; bytes; collections and their pauses."""

    seconds: float
    cpu_seconds: float
    overhead_seconds: float
    memory: int
    threads: int
    files: int
    collections: int
    pause_seconds: float


class Host(NamedTuple):
    """Shares, 0..1, of what the machine has."""

    cpu: float
    memory: float
    disk: float


class Collections:
    """Counts garbage collections and how long the process stood still for them."""

    def __init__(self) -> None:
        self.number = 0
        self.seconds = 0.0
        self._began = 0.0
        gc.callbacks.append(self)

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """Called by the interpreter before and after each collection."""
        if phase == "start":
            self._began = time.perf_counter()
        elif self._began:
            self.number += 1
            self.seconds += time.perf_counter() - self._began
            self._began = 0.0

    def close(self) -> None:
        """Count no more."""
        if self in gc.callbacks:
            gc.callbacks.remove(self)


class ProcessSampler:
    """Samples the process that makes it; a forked child makes its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = psutil.Process()
        self.pid = os.getpid()
        self.started = round(self._process.create_time(), 3)
        self._collections = Collections()
        self._at = time.monotonic()
        self._cpu, self._by_thread = self._cpu_seconds(), _thread_seconds(self._process)
        self._counted = (0, 0.0)
        psutil.cpu_percent()  # its first call says nothing

    def sample(self) -> Sample:
        """What was used since the sample before."""
        threads = _thread_seconds(self._process)  # before the whole, which has to be the more of both
        now, cpu = time.monotonic(), self._cpu_seconds()
        overhead = sum(seconds - self._by_thread.get(number, 0.0) for number, seconds in threads.items())
        counted = (self._collections.number, self._collections.seconds)
        found = Sample(
            max(1e-3, now - self._at), max(0.0, cpu - self._cpu), min(max(0.0, overhead), max(0.0, cpu - self._cpu)),
            int(self._process.memory_info().rss), self._process.num_threads(), _files(self._process),
            counted[0] - self._counted[0], counted[1] - self._counted[1],
        )  # fmt: skip
        self._at, self._cpu, self._by_thread, self._counted = now, cpu, threads, counted
        return found

    def host(self) -> Host:
        """The machine as this process sees it; its CPU since the call before."""
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(_existing(self._folder)))
        cpu = min(1.0, psutil.cpu_percent() / 100)
        return Host(round(cpu, 4), round(1 - memory.available / memory.total, 4), round(disk.used / disk.total, 4))

    def close(self) -> None:
        """Leave nothing behind in the interpreter."""
        self._collections.close()

    def _cpu_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def _thread_seconds(process: Any) -> dict[int, float]:
    """CPU seconds of the threads that only monitor, by the system's number of the thread."""
    wanted = {
        thread.native_id
        for thread in threading.enumerate()
        if thread.name in MONITORING or thread.name.startswith(PREFIX)
    }
    if not wanted:
        return {}
    try:
        return {one.id: one.user_time + one.system_time for one in process.threads() if one.id in wanted}
    except psutil.Error:  # a system that does not say
        return {}


def _files(process: Any) -> int:
    try:
        return int(process.num_fds())
    except (psutil.Error, AttributeError):
        return 0


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())
