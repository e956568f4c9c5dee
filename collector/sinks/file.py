"""Kind `file`: one JSON document a line, flushed to the disk before the cursor moves; rotated by size."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from collector.sink import Item, SinkAway, SinkConfig
from core.config import Positive


class Config(SinkConfig, frozen=True, kw_only=True, tag_field="kind", tag="file"):
    """`keep` older files of at most `max_mb` are kept as `path.1` (the newest) … `path.keep`."""

    path: str
    max_mb: Positive = 100.0
    keep: Annotated[int, Meta(ge=1, le=1000)] = 10


class FileSink:
    """Appends; readable by its owner and group only."""

    batch = 500

    def __init__(self, config: Config) -> None:
        self._config = config
        self._path = Path(config.path)

    def send(self, items: Sequence[Item]) -> None:
        """Append and flush. Raises SinkAway when the disk will not have it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._rotate()
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            with os.fdopen(handle, "ab") as file:
                if file.tell() and not _ends_line(self._path):
                    file.write(b"\n")  # a line that a crash cut short; its event comes again
                file.write(b"".join(item.text + b"\n" for item in items))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SinkAway(error.strerror or "disk") from error

    def close(self) -> None:
        """Nothing stays open."""

    def _rotate(self) -> None:
        if not self._path.exists() or self._path.stat().st_size < self._config.max_mb * 1_000_000:
            return
        for number in range(self._config.keep, 0, -1):
            older = self._numbered(number)
            newer = self._numbered(number - 1) if number > 1 else self._path
            if newer.exists():
                newer.replace(older)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


KIND = Config
open_sink = FileSink
