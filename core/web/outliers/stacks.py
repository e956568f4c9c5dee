"""What a thread is doing, as functions by their qualified names; files and lines of our own code only. Pure.

While a request runs only code objects and line numbers are noted, which is cheap; names are made of those that are
kept. What is outside the application (the server, the framework up to the request) is left out.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType, FrameType

from core.events.performance.outlier import MOST_DEPTH, MOST_FRAMES, Frame
from core.web.own_code import is_own, short

OUTERMOST = frozenset({"Flask.full_dispatch_request", "FastPath.__call__"})
NAME_CHARACTERS = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
Raw = tuple[tuple[CodeType, int, str], ...]  # code, line, module; the innermost first


def raw(frame: FrameType | None) -> Raw:
    """The functions from a frame outwards to where the application begins."""
    found: list[tuple[CodeType, int, str]] = []
    while frame is not None and len(found) < MOST_DEPTH:
        code = frame.f_code
        if code.co_qualname in OUTERMOST:
            break
        found.append((code, frame.f_lineno or 0, str(frame.f_globals.get("__name__", ""))))
        frame = frame.f_back
    return tuple(found)


def named(stacks: Sequence[Raw]) -> tuple[list[Frame], list[list[int]]]:
    """All frames of these stacks, each once, and of each stack the places of its frames, the innermost last.

    Beyond MOST_FRAMES different ones a stack ends with what is inside them left out.
    """
    places: dict[Frame, int] = {}
    found = [[_place(places, Frame(*_named(*one))) for one in reversed(stack)] for stack in stacks]
    return list(places), [[place for place in stack if place < MOST_FRAMES] for stack in found]


def _place(places: dict[Frame, int], frame: Frame) -> int:
    if len(places) < MOST_FRAMES:
        return places.setdefault(frame, len(places))
    return places.get(frame, MOST_FRAMES)


@lru_cache(4096)
def _named(code: CodeType, line: int, module: str) -> tuple[str, str, int]:
    name = _clean(f"{module}.{code.co_qualname}" if module else code.co_qualname)
    path = code.co_filename
    return (name, _clean(short(path)), line) if is_own(path) else (name, "", 0)


def _clean(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)[:NAME_CHARACTERS]
