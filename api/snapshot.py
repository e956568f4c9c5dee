"""Computed parts, shared by all workers through Redis: each is computed once, by whoever asks first after it aged.

A part's version is the time (ms) of the snapshot in which its content last changed. It is given out by Redis in the
same step that stores the content, so it only grows, and a reader who has seen version v has seen everything up to v.
With Redis away every process computes for itself; versions still grow, and a content that did not change keeps its own.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import RLock
from typing import Any

from api.context import Dated
from api.resource_cache import Meta, PartStore
from api.window import Window
from core import codec, log
from core.errors import GatehouseError, RedisUnavailable, Unreachable

WAIT_SECONDS = 2.0
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A computed part: `body` is JSON, `{"data": …}` or `{"error": …}`; epoch seconds; `down` is what is away."""

    version: int
    computed: float
    as_of: float
    down: str
    digest: str
    body: bytes

    @property
    def failed(self) -> bool:
        """True when there is no data, only the reason."""
        return self.body.startswith(b'{"error"')

    @property
    def data(self) -> bytes:
        """The data alone, JSON; only of an entry that has not failed."""
        return self.body[len(b'{"data":') : -1]


@dataclass(frozen=True)
class CachedResource:
    """A discovered part: `read(name, window)` gives its data; it ages after `fresh` seconds."""

    name: str
    fresh: float
    read: Callable[[str, Window], Any]


class Snapshots:
    """The cache of one process over the shared one. Safe to use from several threads."""

    def __init__(self, parts: dict[str, CachedResource], store: PartStore, clock: Callable[[], float]) -> None:
        self._parts = parts
        self._store = store
        self._clock = clock
        self._kept: dict[tuple[str, str], Entry] = {}
        self._lock = RLock()  # a part may read another

    def read(self, names: Sequence[str], window: Window) -> tuple[dict[str, Entry], set[str]]:
        """The newest entry of each part, and the dependencies that are down."""
        try:
            entries, down = self._shared(names, window), set()
        except RedisUnavailable:
            entries, down = self._alone(names, window), {"redis"}
        return entries, down | {entry.down for entry in entries.values() if entry.down}

    def known(self, name: str, window: Window) -> Entry | None:
        """What this process last held of a part, however old."""
        return self._kept.get((window.label, name))

    def _shared(self, names: Sequence[str], window: Window) -> dict[str, Entry]:
        metas = self._store.metas(window.label, names)
        stale = [name for name in names if self._aged(name, metas.get(name), window)]
        for name in stale:
            self._refresh(name, window, metas.get(name))
        if stale:
            metas = self._store.metas(window.label, names)
        found = {name: self._body(name, window, meta) for name, meta in metas.items()}
        if gone := [name for name in names if name not in metas]:  # Redis was emptied this instant
            found |= self._alone(gone, window)
        return found

    def _aged(self, name: str, meta: Meta | None, window: Window) -> bool:
        if meta is None:
            return True
        return abs(self._clock() - meta.computed) >= self._parts[name].fresh

    def _refresh(self, name: str, window: Window, before: Meta | None) -> None:
        token = self._store.claim(window.label, name)
        if token is None and before is None:
            self._await(name, window)
            return
        if token is None:
            return
        try:
            latest = self._store.metas(window.label, [name]).get(name)
            if latest != before and not self._aged(name, latest, window):
                return  # another worker was done with it between the look and the claim
            held = self._body(name, window, before) if before else self._kept.get((window.label, name))
            entry = self._compute(name, window, held)
            version = self._store.put(window.label, name, _meta(entry), entry.body)
            self._keep(window, name, replace(entry, version=version))
        finally:
            self._store.release(window.label, name, token)

    def _await(self, name: str, window: Window) -> None:
        """Another worker computes what nobody has yet: wait for it, then compute it ourselves."""
        limit = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < limit:
            time.sleep(0.03)
            if name in self._store.metas(window.label, [name]):
                return
        entry = self._compute(name, window, self._kept.get((window.label, name)))
        self._store.put(window.label, name, _meta(entry), entry.body)

    def _body(self, name: str, window: Window, meta: Meta) -> Entry:
        kept = self._kept.get((window.label, name))
        if kept is not None and kept.version == meta.version:
            return replace(kept, computed=meta.computed, as_of=meta.as_of, down=meta.down)
        body = self._store.body(window.label, name)
        if body is None:  # expired between the two reads
            entry = self._compute(name, window, kept)
            body = entry.body
        entry = Entry(meta.version, meta.computed, meta.as_of, meta.down, meta.digest, body)
        self._keep(window, name, entry)
        return entry

    def _alone(self, names: Sequence[str], window: Window) -> dict[str, Entry]:
        found = {}
        with self._lock:
            for name in names:
                held = self._kept.get((window.label, name))
                if held is None or abs(self._clock() - held.computed) >= self._parts[name].fresh:
                    entry = self._compute(name, window, held)
                    same = held is not None and held.digest == entry.digest
                    version = (
                        held.version
                        if held and same
                        else max(int(entry.computed * 1000), held.version + 1 if held else 0)
                    )
                    held = replace(entry, version=version)
                    self._keep(window, name, held)
                found[name] = held
        return found

    def _keep(self, window: Window, name: str, entry: Entry) -> None:
        self._kept.pop((window.label, name), None)
        self._kept[window.label, name] = entry
        while len(self._kept) > 40 * len(self._parts):
            try:
                self._kept.pop(next(iter(self._kept)))
            except (KeyError, RuntimeError, StopIteration):
                break

    def _compute(self, name: str, window: Window, held: Entry | None) -> Entry:
        """Read a part; when a dependency is away its last data stay, when the part is broken its error says so."""
        now = self._clock()
        try:
            data = self._parts[name].read(name, window)
            if not isinstance(data, Dated):
                return _entry(now, {"data": data})
            return _entry(now, {"data": data.data}, as_of=None if data.as_of is None else data.as_of / 1000)
        except Unreachable as error:
            if held is not None and not held.failed:
                return replace(
                    held,
                    computed=now,
                    down=error.dependency,
                    digest=f"{held.digest.partition('!')[0]}!{error.dependency}",
                )
            return _entry(now, {"error": {"title": "Dependency unavailable", "detail": str(error)}}, error.dependency)
        except Exception as error:  # a broken part must not take its neighbours down
            if not isinstance(error, GatehouseError):
                _log.error("part failed", part=name, exc_info=error)
            detail = str(error) if isinstance(error, GatehouseError) else "internal error, logged"
            return _entry(now, {"error": {"title": f"{name} is unavailable", "detail": detail}})


def _entry(now: float, content: dict[str, Any], down: str = "", as_of: float | None = None) -> Entry:
    body = codec.encode(content)
    digest = blake2b(body, digest_size=12).hexdigest() + (f"!{down}" if down else "")
    return Entry(0, now, now if as_of is None else as_of, down, digest, body)


def _meta(entry: Entry) -> Meta:
    return Meta(entry.version, entry.computed, entry.as_of, entry.digest, entry.down)
