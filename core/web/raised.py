"""An exception of this process as a report: its chain and stacks, by what the interpreter has at hand.

A stack is read to a bounded depth and a chain to a bounded length, and nothing of a frame but its names and its line:
no variable, no argument.
"""

import linecache
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from types import CodeType, FrameType, TracebackType

from core.events.performance.exception import MESSAGE, MOST_CAUSES, MOST_FRAMES, OUTERMOST, Cause, ExceptionReport
from core.events.redaction import HIDDEN
from core.events.stack_trace import Frame
from core.web.own_code import is_own, short

DEEPEST = 2_000  # frames of a stack that are walked
Place = tuple[CodeType, int, str]  # the code of a frame, its line, and its module


def chain_of(error: BaseException) -> list[BaseException]:
    """The exception and what it followed from; of a group its first one."""
    found: list[BaseException] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen and len(found) < 4 * MOST_CAUSES:
        found.append(at)
        seen.add(id(at))
        inner = at.exceptions[0] if isinstance(at, BaseExceptionGroup) else None
        at = at.__cause__ or inner or (None if at.__suppress_context__ else at.__context__)
    return found


def type_name(error: BaseException) -> str:
    """The qualified name of an exception's type; those of Python itself have no module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException, given: Sequence[str] = ()) -> str:
    """What an exception says, without the values that a client has `given`; its own code may fail at that."""
    try:
        text = str(error)[: 2 * MESSAGE]
    except Exception:
        return "(its message could not be read)"
    for value in sorted(given, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return text


def places(traceback: TracebackType | None) -> tuple[list[Place], int]:
    """The beginning and the end of a stack, the outermost call first, and how many between are left out."""
    walked = list(islice(_walk(traceback), DEEPEST))
    if len(walked) <= MOST_FRAMES:
        return walked, 0
    return [*walked[:OUTERMOST], *walked[OUTERMOST - MOST_FRAMES :]], len(walked) - MOST_FRAMES


def _walk(traceback: TracebackType | None) -> Iterator[Place]:
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        yield frame.f_code, traceback.tb_lineno or 0, str(frame.f_globals.get("__name__", ""))
        traceback = traceback.tb_next


def report_of(
    error: BaseException, service: str, version: str = "", own: Callable[[str], bool] = is_own,
    given: Sequence[str] = (),
) -> ExceptionReport:  # fmt: skip
    """The report of an exception, as a sender of it would write one: complete, without an id."""
    causes, left_out = [], 0
    for one in chain_of(error):
        found, more = places(one.__traceback__)
        left_out += more
        causes.append(Cause(type_name(one), message_of(one, given), [_frame(place, own) for place in found]))
    first, *rest = causes
    report = ExceptionReport(
        service=service, version=version, type=first.type, message=first.message, frames=first.frames, causes=rest,
        left_out=left_out,
    )  # fmt: skip
    report.complete()
    return report


def _frame(place: Place, own: Callable[[str], bool]) -> Frame:
    code, line, module = place
    file = code.co_filename
    name = getattr(code, "co_qualname", code.co_name)
    source = linecache.getline(file, line) if not file.startswith("<") else ""
    return Frame(name, module, short(file.removeprefix(f"{sys.prefix}/")), line, own(file), source)
