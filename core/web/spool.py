"""Bytes that wait for a client: small ones in memory, large ones in a temporary file, all of them bounded together.

`TMPDIR` says where the files are. The room is of one worker process and counts what requests and answers hold.
"""

from tempfile import SpooledTemporaryFile
from threading import Lock

IN_MEMORY = 32 * 1024


class Full(Exception):
    """Everything that waits for clients is more than this process may keep."""


class Room:
    """How many bytes may wait at a time. May be used from any thread."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._lock = Lock()

    def take(self, size: int) -> None:
        """Raises Full when there is no room left."""
        with self._lock:
            if self.taken + size > self.most:
                raise Full(f"more than {self.most} bytes wait for clients")
            self.taken += size

    def give(self, size: int) -> None:
        """Hand back what was taken."""
        with self._lock:
            self.taken -= size


class Spool:
    """Written at its end, read from its beginning. Used by one thread at a time."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._written = self._read = 0

    def write(self, data: bytes | memoryview) -> None:
        """Append. Raises Full, for want of space on the disk too."""
        self._room.take(len(data))
        try:
            self._file.seek(self._written)
            self._file.write(data)
        except OSError as error:  # no space, or no file may be opened
            self._room.give(len(data))
            raise Full(str(error)) from error
        self._written += len(data)

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; empty when all have been read."""
        self._file.seek(self._read)
        data = self._file.read(size)
        self._read += len(data)
        return data

    def unread(self, size: int) -> None:
        """The last `size` bytes are to be read again."""
        self._read -= size

    @property
    def left(self) -> int:
        """How many bytes have not been read."""
        return self._written - self._read

    def close(self) -> None:
        """Let everything go."""
        self._file.close()
        self._room.give(self._written)
        self._written = self._read = 0
