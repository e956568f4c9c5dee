"""Functions for a child of `core.bounded_process`, as bad as a reader of files can be; and bombs to feed readers."""

import gzip
import io
import os
import signal
import sys
import time
from pathlib import Path

from core.errors import BadInput


def doubled(content: bytes, times: float) -> list[float]:
    """Numbers, twice as large."""
    return [2 * times * float(word) for word in content.split()]


def refuses(content: bytes) -> int:
    """What a reader says of a bad file."""
    raise BadInput("row 2", f"is {content.decode()}")


def sleeps(content: bytes) -> int:
    """For ever, without work."""
    time.sleep(3600)
    return len(content)


def spins(content: bytes) -> int:
    """For ever, with nothing but work."""
    while True:
        content = content[::-1]


def eats(content: bytes) -> int:
    """More memory than there is."""
    kept = [content]
    while True:
        kept.append(bytes(16 * 1024 * 1024))


def aborts(content: bytes) -> int:
    """As a library does that gets no memory."""
    os.kill(os.getpid(), signal.SIGABRT)
    return len(content)


def talks(content: bytes) -> bytes:
    """A result that nobody has room for."""
    return content * 100


def logs_without_end(content: bytes) -> int:
    """More words on standard error than a file may hold."""
    with os.fdopen(os.dup(2), "wb") as said:
        while True:
            said.write(content * 1024)


def prints(content: bytes) -> int:
    """Words where the result belongs."""
    sys.stdout.write("a library's greeting\n")
    return len(content)


def sees(content: bytes) -> list[str]:
    """The names of its environment."""
    return sorted(os.environ)


def gzip_bomb(start: bytes, piece: bytes, size: int) -> bytes:
    """`size` bytes of `piece` after `start`, packed: a thousandth of it."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9) as packed:
        packed.write(start)
        portion = piece * (1024 * 1024 // len(piece))
        for _ in range(size // len(portion)):
            packed.write(portion)
    return made.getvalue()


def parquet_bomb(folder: Path, rows: int, letters: int) -> bytes:
    """A word of many letters, once in a dictionary and named by every row: kilobytes that stand for gigabytes."""
    import duckdb

    path = folder / "bomb.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT repeat('a', {letters}) AS word, i % 2 AS label FROM range({rows}) t(i)) TO '{path}' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1000000)"
        )
    return path.read_bytes()
