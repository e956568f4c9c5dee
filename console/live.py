"""The one refresh. One thread a worker reads the monitoring API and draws each changed panel once, for everybody.

Browsers ask for what changed since their cursor. The cursor is the API's own version, so every worker means the same by
it; answers are kept as gzipped bytes by (range, cursor), so the second operator costs a dictionary look-up.
"""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Raw

from console import slots
from console.drawn import RenderedPanel, drawn_after
from console.panel import Panel, Slot
from core import clock, codec, log
from core.errors import Unreachable
from core.http import HttpClient
from core.monitoring import ResourceError, ResourceResult, TimeRange, Undecoded, decoded, received, resources

API = "monitoring API"
SNAPSHOT = "/api/monitoring/snapshot"
RANGES = {"15m": 900, "1h": 3600, "6h": 21600, "24h": 86400}
EVERY = 1.0  # seconds between two looks at the API; an unchanged snapshot is a 304
REFRESH = 5.0  # seconds between two changes of the live parts
IDLE_TIMEOUT = 60.0  # a range nobody asked for this long is no longer kept warm
ABSOLUTE_FRESH = 30.0  # seconds an absolute range is kept before the API is asked again
CACHE_SIZE = 24  # boards and answers kept at most
OTHER_SHAPE = ResourceError(
    "Unreadable response",
    "The monitoring API sent a response this console version cannot read. Update both to the same version.",
)
HELD = ("figure", "rows")  # kinds of slots whose numbers can be saved
FUTURE = 60_000  # a cursor this far (ms) ahead of ours is no cursor of any worker

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Range:
    """What a browser looks at: a rolling `label`, or an absolute span in ISO 8601."""

    label: str = "1h"
    start: str = ""
    end: str = ""

    @property
    def absolute(self) -> bool:
        """Whether it is a fixed span, which does not move."""
        return bool(self.start)

    def params(self) -> dict[str, str]:
        """The query of the monitoring API."""
        return {"from": self.start, "to": self.end} if self.absolute else {"range": self.label}


@dataclass(slots=True)
class RangeState:
    """One range as last drawn. Guarded by its lock; `answers` caches gzipped bytes by cursor."""

    span: Range
    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = 0
    as_of: float = 0.0
    as_of_iso: str = ""
    shown: TimeRange | None = None
    down: list[str] = field(default_factory=list)
    resources: dict[str, ResourceResult[Any]] = field(default_factory=dict)
    drawn: dict[str, RenderedPanel] = field(default_factory=dict)
    answers: OrderedDict[int, bytes] = field(default_factory=OrderedDict)
    asked: float = 0.0
    looked: float = 0.0
    changed: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What `/live` answers: `body` is gzipped JSON, empty with 304."""

    status: int
    body: bytes
    headers: dict[str, str]


class LiveView:
    """Keeps boards fresh and answers browsers. `panels` come from discovery; nothing runs until the first `answer`."""

    def __init__(
        self,
        panels: Mapping[str, Panel],
        client: HttpClient,
        now: Callable[[], float] = clock.now,
        types: Mapping[str, Any] | None = None,
    ) -> None:
        self.panels = panels
        self._types = resources() if types is None else types
        self.parts = sorted({part for panel in panels.values() for part in (*panel.parts, *panel.extras)})
        self._client = client
        self._now = now
        self._boards: OrderedDict[Range, RangeState] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.draw_ms = 0.0

    def answer(self, span: Range, since: int) -> Reply:
        """What changed on `span` after the cursor `since` (0 for everything)."""
        self._start()
        board = self._board(span)
        now = self._now()
        board.asked = now
        if board.looked == 0 or (span.absolute and now - board.looked > ABSOLUTE_FRESH):
            self.tick(board)
        headers = self._headers(board, now)
        if board.version and board.version <= since < board.version + FUTURE:
            return Reply(304, b"", headers)
        cursor = since if since < board.version else 0
        with board.lock:
            body = board.answers.get(cursor)
            if body is None:
                body = board.answers[cursor] = gzip.compress(_body(board, cursor), 6)
                while len(board.answers) > CACHE_SIZE:
                    board.answers.popitem(last=False)
        return Reply(200, body, headers)

    def content(self, span: Range, place: str) -> tuple[Slot, dict[str, Any], TimeRange | None] | None:
        """A chart or a table (`panel-slot`), what was last drawn in it, and of which span; None when there is none."""
        self.answer(span, 0)
        board, (name, _, slot) = self._board(span), place.rpartition("-")
        drawn = board.drawn.get(name)
        found = drawn.payload.get("slots", {}).get(slot) if drawn else None
        if not isinstance(found, dict):
            return None
        known = {one.name: one for one in self.panels[name].slots}[slot]
        if known.kind not in HELD or (known.kind == "figure" and "data" not in found):
            return None
        return replace(known, label=known.label or self.panels[name].title), found, board.shown

    def tick(self, board: RangeState) -> bool:
        """Look at the API once and redraw what changed; returns whether anything did."""
        with board.lock:
            board.looked = self._now()
            params = {"parts": ",".join(self.parts), "since": str(board.version), **board.span.params()}
            try:
                answer = self._client.get(f"{SNAPSHOT}?{urlencode(params)}")
                snapshot = received(answer.body) if answer.status == 200 else None
            except (Unreachable, msgspec.MsgspecError) as error:
                return self._set_down(board, [*_without_api(board.down), API], str(error))
            if answer.status == 304:
                self._date(board, answer.headers.get("x-as-of", ""))
                return self._set_down(board, _without_api(board.down), "")
            if snapshot is None:
                return self._set_down(board, [*_without_api(board.down), API], f"status {answer.status}")
            self._take(board, snapshot)
            return True

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()

    def _take(self, board: RangeState, snapshot: Undecoded) -> None:
        changed = {name: self._decoded(name, answer) for name, answer in snapshot.resources.items()}
        board.resources.update(changed)
        board.version = max(board.version, snapshot.version)
        self._date(board, snapshot.as_of)
        board.shown = snapshot.range
        board.down = snapshot.down
        board.changed = board.looked
        board.answers.clear()
        started = time.perf_counter()
        for name, panel in self.panels.items():
            used = (*panel.parts, *panel.extras)
            if any(part in changed for part in used):
                version = max(board.resources[part].version for part in used if part in board.resources)
                board.drawn[name] = drawn_after(
                    board.drawn.get(name), {"version": version, **_shown(panel, board.resources)}
                )
        self.draw_ms = (time.perf_counter() - started) * 1000

    def _decoded(self, name: str, answer: ResourceResult[Raw]) -> ResourceResult[Any]:
        """The resource as its type; of another shape, as of an API of another release, it has an error instead."""
        try:
            return decoded(answer, self._types.get(name, Any))
        except msgspec.MsgspecError as error:
            _log.error("resource of another shape", resource=name, detail=str(error))
            return ResourceResult(answer.version, error=OTHER_SHAPE)

    def _date(self, board: RangeState, as_of: str) -> None:
        """Note how far the data reaches; what the API does not date is as old as the look at it."""
        board.as_of = datetime.fromisoformat(as_of).timestamp() if as_of else board.looked
        board.as_of_iso = as_of or clock.iso(board.looked)

    def _set_down(self, board: RangeState, down: list[str], why: str) -> bool:
        if down != board.down:
            _log.warning("snapshot", range=board.span.label, down=down, detail=why)
            board.answers.clear()
        board.down = down
        return False

    def _headers(self, board: RangeState, now: float) -> dict[str, str]:
        age = max(now - board.as_of, 0.0) if board.as_of else -1.0
        due = board.changed + REFRESH + EVERY * 0.4 - now
        return {
            "X-Age": f"{age:.1f}",
            "X-As-Of": board.as_of_iso,
            "X-Down": ", ".join(board.down),
            "X-Next": str(int(1000 * min(max(due, 1.0), REFRESH))) if not board.span.absolute else "0",
        }

    def _board(self, span: Range) -> RangeState:
        with self._lock:
            board = self._boards.get(span)
            if board is None:
                board = self._boards[span] = RangeState(span)
                while len(self._boards) > CACHE_SIZE:
                    self._boards.popitem(last=False)
            self._boards.move_to_end(span)
            return board

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="live-tick", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            with self._lock:
                now = self._now()
                wanted = [b for span, b in self._boards.items() if not span.absolute and now - b.asked < IDLE_TIMEOUT]
            for board in wanted:
                try:
                    self.tick(board)
                except Exception as error:  # one bad snapshot must not end the refresh of all ranges
                    _log.error("tick failed", range=board.span.label, exc_info=error)


def draw(panel: Panel, found: Mapping[str, ResourceResult[Any]]) -> dict[str, Any]:
    """The payload of one panel: `slots` and `note`, or an `error` that stays within its card."""
    for name in panel.parts:
        if name not in found:
            return {"error": {"title": "No data yet", "detail": f"The monitoring API has not sent {name!r} yet."}}
        if found[name].known is None:
            return {
                "error": found[name].error
                or {"title": "No data", "detail": f"The monitoring API sent no data for {name!r}."}
            }
    try:
        names = (*panel.parts, *panel.extras)
        slots = panel.draw(**{name: found[name].known if name in found else None for name in names})
    except Exception as error:  # a panel's bug stays in its card
        _log.error("panel cannot be drawn", panel=panel.name, exc_info=error)
        return {
            "error": {
                "title": "This panel cannot be drawn",
                "detail": "The error was logged. The other panels keep working.",
            }
        }
    note = slots.pop("note", None)
    return {"slots": slots} if note is None else {"slots": slots, "note": note}


def _shown(panel: Panel, found: Mapping[str, ResourceResult[Any]]) -> dict[str, Any]:
    """The payload as the browser shows it; a content that is no HTML stays in its card."""
    try:
        return slots.shown(panel, draw(panel, found))
    except Exception as error:
        _log.error("panel cannot be shown", panel=panel.name, exc_info=error)
        return {"error": {"title": "This panel cannot be drawn", "detail": "The error was logged."}}


def _without_api(down: list[str]) -> list[str]:
    return [name for name in down if name != API]


def _body(board: RangeState, cursor: int) -> bytes:
    head = codec.encode(
        {
            "version": board.version,
            "as_of": board.as_of_iso,
            "range": board.shown or {},
            "down": board.down,
            "full": cursor == 0,
        }
    )
    panels = b",".join(
        b'"%s":%s' % (name.encode(), drawn.since(cursor))
        for name, drawn in board.drawn.items()
        if drawn.version > cursor
    )
    return head[:-1] + b',"panels":{' + panels + b"}}"
