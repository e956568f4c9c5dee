"""Stacks have qualified names, files and lines of our own code only, and end where the application begins."""

import sys
import threading
from types import FrameType

from core.events.performance.outlier import MOST_DEPTH, MOST_FRAMES, Frame
from core.web.outliers import stacks


class Flask:
    """Where the application begins, by its name."""

    @staticmethod
    def full_dispatch_request() -> stacks.Raw:
        """As Flask's."""
        return inner()


def inner() -> stacks.Raw:
    return stacks.raw(sys._getframe())


def deep(levels: int) -> FrameType:
    return deep(levels - 1) if levels else sys._getframe()


def test_a_stack_is_named_from_the_application_inwards() -> None:
    frames, places = stacks.named([Flask.full_dispatch_request()])
    assert frames[places[0][0]].name == f"{__name__}.inner"
    assert frames[0].file == "tests/unit/core/web/outliers/test_stacks.py"
    assert frames[0].line > 0
    assert "full_dispatch_request" not in repr(frames)


def test_of_a_library_only_the_name_is_kept() -> None:
    found: list[stacks.Raw] = []
    thread = threading.Timer(0.0, lambda: found.append(stacks.raw(sys._getframe())))
    thread.start()
    thread.join()
    frames, _ = stacks.named(found)
    library = next(frame for frame in frames if frame.name == "threading.Timer.run")
    assert (library.file, library.line) == ("", 0)


def test_frames_are_kept_once_and_depth_and_number_are_bounded() -> None:
    one = stacks.raw(deep(500))
    assert len(one) == MOST_DEPTH
    frames, places = stacks.named([one, one])
    assert len(frames) < 5
    assert places[0] == places[1]
    many = [[(deep.__code__, line, "m") for line in range(start, start + 90)] for start in range(0, 1800, 90)]
    frames, places = stacks.named([tuple(stack) for stack in many])
    assert len(frames) == MOST_FRAMES
    assert all(place < MOST_FRAMES for stack in places for place in stack)
    assert isinstance(frames[0], Frame)


def test_names_from_anywhere_are_one_bounded_line() -> None:
    code = compile("pass", "x\ny", "exec").replace(co_qualname="a\x00b" * 500)
    ((frame,), _) = stacks.named([((code, 1, "m\n"),)])
    assert len(frame.name) == stacks.NAME_CHARACTERS
    assert frame.name.isprintable()
