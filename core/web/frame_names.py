"""How functions are called in profiles: `api.window.minutes`, `flask.app.Flask.wsgi_app`; and whether they are ours.

A function is a library's when its file is below `site-packages` or Python's own folder, or when it has none. There are
no line numbers: a function keeps its name when lines above it move.
"""

import sys
import sysconfig
from collections.abc import Sequence
from pathlib import PurePath
from types import CodeType
from typing import NamedTuple

from core.events.performance.profile import DEEPEST, FRAME_LENGTH
from core.web.own_code import is_library

SERVER = (  # what is around a request
    "threading.", "concurrent.futures.", "socketserver.", "gunicorn.", "core.web.worker.", "core.web.patient.",
)  # fmt: skip
DEEPER = "(deeper)"
MOST = 20_000  # functions whose names are kept


class Name(NamedTuple):
    """A function's module and qualified name, and whether it is the application's own."""

    text: str
    is_own: bool


UNKNOWN, BELOW = Name("(unknown)", False), Name(DEEPER, False)


class FrameNames:
    """The names of functions, kept by the identity of their code: its hash is made anew each time, of all of it."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[CodeType, Name]] = {}
        paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")} - {None}
        self._python = tuple(f"{path.rstrip('/')}/" for path in paths if path)
        self._roots = sorted({f"{path.rstrip('/')}/" for path in sys.path if path}, key=len, reverse=True)

    def of(self, code: CodeType) -> Name:
        """The name of one function."""
        found = self._kept.get(id(code))
        if found is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            found = self._kept[id(code)] = code, self._name(code)
        return found[1]

    def stack(self, codes: Sequence[CodeType]) -> tuple[Name, ...]:
        """A stack (innermost first, as frames lead outwards) from the outermost on, without the server around it."""
        names = [self.of(code) for code in reversed(codes)]
        start = 0
        while start < len(names) and names[start].text.startswith(SERVER):
            start += 1
        inside = names[start:]
        if len(inside) > DEEPEST:
            inside = [*inside[: DEEPEST - 1], BELOW]
        return tuple(inside) or (UNKNOWN,)

    def _name(self, code: CodeType) -> Name:
        file = code.co_filename
        text = f"{self._module(file)}.{code.co_qualname.replace('.<locals>', '')}"
        plain = "".join(letter if letter.isprintable() else "?" for letter in text)
        return Name(plain[:FRAME_LENGTH], not is_library(file))

    def _module(self, file: str) -> str:
        if file.startswith("<"):
            return file
        root = next((root for root in (*self._roots, *self._python) if file.startswith(root)), "")
        path = PurePath(file.removeprefix(root) if root else PurePath(file).name)
        parts = [*path.parent.parts, *([path.stem] if path.stem != "__init__" else [])]
        return ".".join(parts) or path.stem
