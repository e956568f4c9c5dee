"""What this machine can do at best, each figure the bare thing that one of ours is made of."""

import io
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
import psycopg2

from core.db.copy_rows import PREDICTIONS

PIPELINED = 1_000


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU seconds of processes and all that they started so far, to the nanosecond where the kernel counts them."""
    return sum(_cpu(process) for pid in pids for process in _family(pid))


def resident(pid: int) -> int:
    """Bytes of memory that a process and all that it started hold, what they share divided among them."""
    return sum(process.memory_full_info().pss for process in _family(pid))


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    tasks = Path(f"/proc/{process.pid}/task")
    try:
        if tasks.is_dir():
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        times = process.cpu_times()
    except (OSError, psutil.NoSuchProcess):  # ended meanwhile
        return 0.0
    return float(times.user + times.system)


def spent(pids: Iterable[int], work: Callable[[], object]) -> tuple[float, float]:
    """(wall seconds, CPU seconds of the processes) that `work` takes."""
    pids = list(pids)
    before, begun = cpu_seconds(pids), time.perf_counter()
    work()
    return time.perf_counter() - begun, cpu_seconds(pids) - before


def memcpy() -> float:
    """Bytes a second that one core copies in memory, the best of ten."""
    source = np.ones(64 * 1024 * 1024, dtype=np.uint8)
    target = np.empty_like(source)
    best = min(spent([os.getpid()], lambda: np.copyto(target, source))[0] for _ in range(10))
    return source.nbytes / best


def fsync(folder: Path) -> float:
    """Times a second that 8 kB are written and reach the disk, one after the other."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < 1.0:
            os.pwrite(file.fileno(), b"x" * 8192, count * 8192)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - begun)


def bare_copy(url: str, postgres: int, lines: list[str]) -> tuple[float, float]:
    """(rows a second, rows a CPU second of PostgreSQL) of COPY into the predictions' columns without an index."""
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE fraud_predictions)")
    text = "".join(lines)
    with connection, connection.cursor() as cursor:
        wall, cpu = spent(
            [postgres], lambda: cursor.copy_expert(f"COPY bare ({PREDICTIONS[1]}) FROM STDIN", io.StringIO(text))
        )
        cursor.execute("DROP TABLE bare")
    connection.close()
    return len(lines) / wall, len(lines) / cpu


def bare_xadd(url: str, redis: int, payload: bytes, count: int = 60_000) -> tuple[float, float]:
    """(XADDs a second, XADDs a CPU second of Redis) from one connection, a thousand at a time, to a key of its own."""
    place = urlsplit(url)
    one = b"*5\r\n$4\r\nXADD\r\n$9\r\nbench:raw\r\n$1\r\n*\r\n$1\r\ne\r\n$%d\r\n%s\r\n" % (len(payload), payload)
    with socket.create_connection((place.hostname or "", place.port or 6379)) as link:
        link.sendall(b"AUTH %s\r\n" % (place.password or "").encode())
        _lines(link, 1)

        def run() -> None:
            for _ in range(count // PIPELINED):
                link.sendall(one * PIPELINED)
                _lines(link, 2 * PIPELINED)

        wall, cpu = spent([redis], run)
        link.sendall(b"DEL bench:raw\r\n")
        _lines(link, 1)
    return count / wall, count / cpu


def _lines(link: socket.socket, wanted: int) -> None:
    """Read answers of `wanted` lines. Raises SystemExit when one is an error."""
    seen = b""
    while wanted > 0:
        seen = link.recv(1 << 20)
        if not seen or seen.startswith(b"-"):
            raise SystemExit(f"Redis: {seen[:200]!r}")
        wanted -= seen.count(b"\r\n")
