"""Functions for a child of `core.bounded_process`, as bad as a reader of files can be; and bombs to feed readers."""

import os
import signal
import struct
import sys
import time
import zlib
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
    """`size` bytes of `piece` after `start`, packed: a thousandth of it.

    One megabyte is packed once, and its deflate blocks, which refer to nothing before them, are repeated.
    """
    portion = piece * (1024 * 1024 // len(piece))
    times = size // len(portion)
    first, again, last = (zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS) for _ in range(3))
    packed = [first.compress(start) + first.flush(zlib.Z_FULL_FLUSH)]
    packed += [again.compress(portion) + again.flush(zlib.Z_FULL_FLUSH)] * times + [last.flush()]
    checksum = zlib.crc32(start)
    for _ in range(times):
        checksum = zlib.crc32(portion, checksum)
    length = len(start) + times * len(portion)
    head = b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff"  # deflate, no flags, no time, packed well, on an unknown system
    return head + b"".join(packed) + struct.pack("<II", checksum, length & 0xFFFFFFFF)


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
