"""Which exceptions are one: the fingerprint of a bug, out of types and own frames. Pure.

Two exceptions are one group if they and what they followed from have the same types and were raised on the same way
through the application's own functions, by qualified names. So a message never makes a group (a thousand messages of
one bug are one), nor does a line number (code that moves within its function is the same code), but the way does: two
bugs that show in one helper are two groups. Frames of libraries count only where there is no own one, and a message,
without its numbers, quotes and ids, only where there is no frame at all.

Sentry groups by the same three things in the same order (in-app frames by module and function, the type, and the
message where there is no stack), and by the text of each frame's source line besides, so that an edited line is a new
group there.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from core.events.performance.exception import OTHER, ExceptionReport
from core.events.stack_trace import Frame, Thrown

REST = "other"  # of what is beyond a limit
_SHOWN = 300  # characters of a message that count
_COMPREHENSION = re.compile(r"(?:\.<locals>)?\.?<(?:list|set|dict)comp>$|(?:\.<locals>)?\.?<genexpr>$")
# What compilers number anew at every build.
_NUMBERED = re.compile(r"0x[0-9a-fA-F]+|(?<=\$)(?:\d+|[0-9a-f]{6,})(?!\w)|(?<=Proxy)\d+|(?<=func)\d+(?:\.\d+)*")
_DIGEST = re.compile(r"[.\-][0-9a-f]{6,}(?=\.)")
_VARYING = re.compile(
    r"'[^']*'|\"[^\"]*\"|`[^`]*`|[\w.+\-]{1,64}@[\w.\-]{1,64}|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b0x[0-9a-fA-F]+\b|\b(?=[a-f]*\d)[0-9a-f]{6,}\b|\d+(?:[.,:]\d+)*"
)


def of(report: ExceptionReport) -> str:
    """The fingerprint of a report: 32 hexadecimal digits, or `other` for what is beyond a limit."""
    chain = report.chain()
    if report.type == OTHER and not report.frames and not report.causes:
        return REST
    parts: list[str] = []
    for one in chain:
        names = path(one)
        parts += [one.type, *names]
        if not names and len(chain) == 1:
            parts.append(shape(report.stacktrace or one.message))
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def path(thrown: Thrown) -> list[str]:
    """The own functions that an exception went through, each once, so that the depth of a recursion does not count."""
    own = [frame for frame in thrown.frames if frame.in_app]
    return list(dict.fromkeys(name for frame in own or thrown.frames if (name := name_of(frame))))


def name_of(frame: Frame) -> str:
    """A function by its module, or the end of its file's path; a comprehension is part of its function."""
    function = _COMPREHENSION.sub("", _NUMBERED.sub("", frame.function))
    if not function and frame.function:
        return ""
    return f"{_NUMBERED.sub('', frame.module) or tail(frame.file)}:{function}"


def tail(file: str) -> str:
    """The last two parts of a path: where a release is unpacked does not count, nor does the digest of a bundle."""
    parts = re.split(r"[/\\]", file.partition("?")[0])[-2:]
    return "/".join(_DIGEST.sub("", part) for part in parts)


def shape(message: str) -> str:
    """A message without what differs from one time to the next."""
    return _VARYING.sub("*", message[: 4 * _SHOWN])[:_SHOWN]


def culprit(chain: Sequence[Thrown]) -> str:
    """Where a bug is looked for first: the innermost own function of the exception, or any where none is own."""
    for is_own in (True, False):
        for thrown in chain:
            if found := _innermost(one for one in thrown.frames if one.in_app or not is_own):
                return found
    return ""


def _innermost(frames: Iterable[Frame]) -> str:
    found = ""
    for frame in frames:
        place = frame.module or tail(frame.file)
        found = (
            f"{place}.{frame.function}" if frame.module else f"{frame.function} ({place})" if place else frame.function
        )
    return found.strip()
