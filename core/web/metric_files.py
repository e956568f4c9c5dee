"""The metrics of all workers of one server: a snapshot file for each, and one compacted file for those that ended.

A worker holds a lock on its own `<id>.lock` for as long as it lives, so the kernel says who is dead, even after kill -9
and when process ids repeat. Whoever collects first folds the dead into `ended.json`: a scrape reads as many files as
there are live workers, however many have come and gone.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core import codec
from core.web.metrics import Exemplar, FamilySnapshot

Families = dict[str, FamilySnapshot]


class MetricFiles:
    """The shelf of one server's workers in `directory`. Opens nothing before the first `write` or `collect`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._id = ""
        self._alive = -1

    def fresh(self) -> "MetricFiles":
        """The same shelf for another process, such as a forked child."""
        if self._alive >= 0:
            os.close(self._alive)  # a copy of the parent's descriptor would keep the parent alive on the shelf
        return MetricFiles(self._directory)

    def write(self, families: Families) -> None:
        """Replace this worker's snapshot. Raises OSError when the directory cannot be written."""
        if not self._id:
            self._join()
        _replace(self._directory / f"{self._id}.json", families)

    def collect(self, own: Families) -> Families:
        """The sum over ended workers, the other live workers' files, and `own`, which is newer than its file.

        Counters and histograms add over all; gauges add over the live.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        total: Families = {}
        with self._exclusive():
            self._compact()
            add(total, self._ended()["families"], live=False)
            for path in self._directory.glob("*.lock"):
                if path.stem not in ("collect", self._id):
                    add(total, _read(path.with_suffix(".json"), {}))
        add(total, own)
        return total

    def _join(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        with self._exclusive():
            self._alive = os.open(self._directory / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._alive, fcntl.LOCK_EX)
        self._id = name

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self._directory / "collect.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _ended(self) -> dict[str, Any]:
        ended: dict[str, Any] = _read(self._directory / "ended.json", {"families": {}, "ids": []})
        return ended

    def _compact(self) -> None:
        dead = [path for path in self._directory.glob("*.lock") if path.stem != "collect" and self._is_dead(path)]
        if not dead:
            return
        ended = self._ended()
        for path in dead:
            if path.stem not in ended["ids"]:
                add(ended["families"], _read(path.with_suffix(".json"), {}), live=False)
        # The ids stand in the same file as the sums: a crash before the removal below counts nobody twice.
        _replace(self._directory / "ended.json", {"families": ended["families"], "ids": [path.stem for path in dead]})
        for path in dead:
            path.with_suffix(".json").unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def _is_dead(self, path: Path) -> bool:
        if path.stem == self._id:
            return False
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True


def add(total: Families, more: Families, live: bool = True) -> None:
    """Add `more` into `total` cell by cell; gauges only when their worker is live."""
    for name, family in more.items():
        if family["kind"] == "gauge" and not live:
            continue
        into = total.get(name)
        if into is None or into["edges"] != family["edges"] or into["labels"] != family["labels"]:
            total[name] = {**family, "cells": [(key, _copy(cell)) for key, cell in family["cells"]]}
            continue
        if exemplars := family.get("exemplars"):
            into["exemplars"] = _newest([*into.get("exemplars", []), *exemplars])
        cells = {tuple(key): cell for key, cell in into["cells"]}
        for key, cell in family["cells"]:
            cells[tuple(key)] = _sum(cells[tuple(key)], cell) if tuple(key) in cells else _copy(cell)
        into["cells"] = [(list(key), cell) for key, cell in cells.items()]


def _newest(exemplars: list[Exemplar]) -> list[Exemplar]:
    """One for each bucket: the one that was seen last."""
    kept = {(tuple(one[0]), one[1]): one for one in sorted(exemplars, key=lambda one: one[4])}
    return list(kept.values())


def _copy(cell: Any) -> Any:
    return list(cell) if isinstance(cell, list) else cell


def _sum(left: Any, right: Any) -> Any:
    return [a + b for a, b in zip(left, right, strict=True)] if isinstance(left, list) else left + right


def _read(path: Path, default: dict[str, Any]) -> dict[str, Any]:
    try:
        value: dict[str, Any] = codec.decode(path.read_bytes())
    except (OSError, ValueError):
        return default
    return value


def _replace(path: Path, value: Any) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_bytes(codec.encode(value))
    draft.replace(path)
