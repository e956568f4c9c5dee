"""Exceptions folded in memory: one report for each bug and endpoint, with a count. Safe between threads, bounded.

A stack is read by names and lines alone: no variable and no argument of a frame ever leaves the application. Source
lines come from `linecache`. Beyond `MOST_REPORTS` different ones, or `MOST_FRAMES` frames, further ones are counted as
`(other)`.
"""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Sequence
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Any

from gatehouse_client.names import error_type
from gatehouse_client.redact import redacted

OTHER = "(other)"
MOST_REPORTS = 50
MOST_FRAMES = 2_000  # of all reports together: some 700 kB
MOST_CAUSES, STACK, OUTERMOST = 5, 50, 10
DEEPEST = 2_000  # frames of a stack that are walked
MOST_USERS = 20
MESSAGE, SOURCE, NAME = 1_000, 200, 200
_OWN_MODULE = __name__.partition(".")[0]
_LIBRARIES = ("site-packages", "dist-packages")
_INTERPRETER = tuple({path for name in ("stdlib", "platstdlib") if (path := sysconfig.get_paths().get(name))})


class Exceptions:
    """What was raised since the last `take`; `own` are modules that are the application's wherever they lie."""

    def __init__(self, own: tuple[str, ...] = ()) -> None:
        self.own = own
        self._reports: dict[Any, dict[str, Any]] = {}
        self._frames = 0
        self._lock = Lock()

    @property
    def count(self) -> int:
        """How many exceptions wait."""
        return sum(report["count"] for report in list(self._reports.values()))

    def add(self, at: float, error: BaseException, route: str, method: str, user: str) -> None:
        """Count an exception; one that is known by its code costs some microseconds."""
        chain = chain_of(error)
        codes = tuple((type(one), *(code for code, _, _ in places(one.__traceback__)[0])) for one in chain)
        hour = int(at // 3600)  # reports wait while the server is away
        key: Any = (hour, route, method, codes)
        with self._lock:
            if key not in self._reports and (len(self._reports) >= MOST_REPORTS or self._frames >= MOST_FRAMES):
                key = (hour, OTHER)
            report = self._reports.get(key)
            if report is None:
                report = {"type": OTHER} if OTHER in key else self._report(chain, route, method)
                report["count"] = 0
                self._reports[key] = report
            elif OTHER not in key:
                report["message"] = message_of(error)  # the newest
            report["timestamp"] = at
            report["count"] += 1
            users = report.setdefault("users", {})
            if user and (user in users or len(users) < MOST_USERS):
                users[user] = users.get(user, 0) + 1

    def take(self) -> list[dict[str, Any]]:
        """Hand over the reports, as events without id, service and version."""
        with self._lock:
            found, self._reports, self._frames = self._reports, {}, 0
        return list(found.values())

    def _report(self, chain: Sequence[BaseException], route: str, method: str) -> dict[str, Any]:
        causes, left_out = [], 0
        for one in chain:
            found, more = places(one.__traceback__)
            left_out += more
            self._frames += len(found)
            frames = [self._frame(*place) for place in found]
            causes.append({"type": error_type(one)[:NAME], "message": message_of(one), "frames": frames})
        return {**causes[0], "causes": causes[1:], "left_out": left_out, "route": route, "method": method}

    def _frame(self, code: Any, line: int, module: str) -> dict[str, Any]:
        file = code.co_filename
        source = linecache.getline(file, line) if not file.startswith("<") else ""
        name = getattr(code, "co_qualname", code.co_name)
        short = file[len(sys.prefix) + 1 :] if file.startswith(sys.prefix) else file
        return {
            "function": name[:NAME], "module": module[:NAME], "file": short[-NAME:], "line": line,
            "in_app": self._is_own(module, file), "source": redacted(source.rstrip()[:SOURCE]),
        }  # fmt: skip

    def _is_own(self, module: str, file: str) -> bool:
        if any(module == own or module.startswith(f"{own}.") for own in self.own):
            return True
        return not (file.startswith(("<", *_INTERPRETER)) or any(part in file for part in _LIBRARIES))


def chain_of(error: BaseException) -> list[BaseException]:
    """The exception and what it followed from; of a group its first one."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and not any(at is one for one in found) and len(found) < MOST_CAUSES:
        found.append(at)
        inner = getattr(at, "exceptions", None)
        first = inner[0] if isinstance(inner, tuple) and inner and isinstance(inner[0], BaseException) else None
        at = at.__cause__ or first or (None if at.__suppress_context__ else at.__context__)
    return found


def places(traceback: TracebackType | None) -> tuple[list[tuple[Any, int, str]], int]:
    """The beginning and the end of a stack (code, line, module), the outermost call first, and how many are left out.

    Our own frames, which stand between the server and the application, are none of it.
    """
    walked = []
    for one in islice(_walk(traceback), DEEPEST):
        module = str(one.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] != _OWN_MODULE:
            walked.append((one.tb_frame.f_code, one.tb_lineno or 0, module))
    if len(walked) <= STACK:
        return walked, 0
    return [*walked[:OUTERMOST], *walked[OUTERMOST - STACK :]], len(walked) - STACK


def _walk(traceback: TracebackType | None) -> Any:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def message_of(error: BaseException) -> str:
    """What an exception says, without what looks like a secret; its own code may fail at that."""
    try:
        return redacted(str(error)[:MESSAGE])
    except Exception:
        return "(its message could not be read)"
