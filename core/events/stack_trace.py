"""Stack traces as text, as Python, Java, JavaScript, Go, .NET, Ruby and PHP print them, read into frames. Pure.

A text is read line by line, each by patterns that need linear time; what is no frame is passed over. A text in which
nothing is found is none of these, and its reader keeps it as it is.
"""

import re
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

MOST_TEXT: Final = 200_000  # characters that are read
MOST_LINES: Final = 4_000
_LONGEST = 2_000  # characters of a line that are read


class Frame(Struct, omit_defaults=True):
    """A place in a stack: the function by its qualified name, its module or its file, the line, and its text.

    `in_app` says whether it is the application's own code; None: not known.
    """

    function: str = ""
    module: str = ""
    file: str = ""
    line: Annotated[int, Meta(ge=0, le=2_000_000_000)] = 0
    in_app: bool | None = None
    source: str = ""


class Thrown(NamedTuple):
    """An exception of a chain; the last frame is where it was raised."""

    type: str
    message: str
    frames: list[Frame]


_LIBRARIES = re.compile(
    r"site-packages|dist-packages|/lib/python\d|/Python\d+/Lib/|node_modules|^node:|^internal/|/go/pkg/mod/|/usr/local/go/"
    r"|/go/src/|/libexec/|/gems/|/vendor/|^<(?:frozen|__array|string)"
)
_LIBRARY_MODULES = re.compile(
    r"(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|org\.springframework|org\.apache|org\.eclipse"
    r"|org\.hibernate|io\.netty|reactor|io\.undertow|System|Microsoft|runtime|net/http|reflect|testing)(?:[./]|$)"
)
# Of lines without their blanks in front.
_PYTHON = re.compile(r"File \"([^\"]{1,500})\", line (\d{1,9})(?:, in (.{1,300}))?$")
_AT_PLACE = re.compile(
    r"at (?:async |new )?(?:([^\s()][^()]{0,300}) \()?((?:[a-z+]{1,20}://|node:|/|\w:\\)?[^()\s]{1,500}):(\d{1,9}):\d{1,9}\)?"
)
_AT_NET = re.compile(
    r"at ([\w.`<>\[\]|,+]{1,300})\.([\w`<>\[\]|,]{1,200})\(.{0,500}?\)(?: in (.{1,400}):line (\d{1,9}))?$"
)
_AT_JAVA = re.compile(
    r"at (?:[\w.@\-]{1,100}/{1,2}){0,2}([\w.$<>\-]{1,300})\.([\w$<>\-]{1,200})"
    r"\(([\w.$\-]{1,200}\.\w{1,10}|Native Method|Unknown Source|<generated>)(?::(\d{1,9}))?\)"
)
_FIREFOX = re.compile(r"([^@\s]{0,300})@(\S{1,500}):(\d{1,9}):\d{1,9}$")
_RUBY = re.compile(r"(?:from )?([^\s:]{1,400}\.rb):(\d{1,9}):in [`'\"]([^'\"`]{1,300})['\"]")
_PHP = re.compile(r"#\d{1,4} ([^\s(]{1,400})\((\d{1,9})\): ([^(]{1,300})\(")
_GO_PLACE = re.compile(r"(/?\S{1,500}\.(?:go|s)):(\d{1,9})(?: \+0x[0-9a-f]+)?$")
_HEAD = re.compile(
    r"(?:Exception in thread \"[^\"]{0,100}\" |Uncaught |Unhandled exception. )?([A-Za-z_][\w.$/]{0,199})(?:: (.*))?$"
)
_CAUSE = re.compile(r"(?:Caused by: |\[cause\]: )(.{1,2000})$")
_CHAINED = ("The above exception was the direct cause", "During handling of the above exception")
_INNER = "--- End of inner exception"
_BEGINS = "Traceback (most recent call last)"


def read(text: str) -> list[Thrown]:
    """The exceptions of a text, the one that came out first, then what it followed from; empty without a frame."""
    whole = [one[:_LONGEST].rstrip() for one in text[:MOST_TEXT].splitlines()[:MOST_LINES]]
    lines = [one.lstrip(" \t|+") for one in whole]
    if any(_PYTHON.match(one) for one in lines):
        found = _python(lines, whole)
    elif any(one[:1] == "\t" and _GO_PLACE.match(plain) for one, plain in zip(whole, lines, strict=True)):
        found = _go(lines)
    elif any(one.startswith(_INNER) for one in lines):
        found = _net(lines)
    else:
        found = _at(lines)
    return [one for one in found if one.frames or one.type] if any(one.frames for one in found) else []


def is_own(module: str, file: str) -> bool:
    """Whether a place looks like the application's own code and not like that of a library."""
    return not (_LIBRARIES.search(file.replace("\\", "/")) or _LIBRARY_MODULES.match(module))


def _head(text: str) -> tuple[str, str]:
    """Type and message of a line such as `shop.Broken: no cart`."""
    found = _HEAD.match(text)
    return (found[1], (found[2] or "").strip()) if found else ("", text.strip())


def _python(lines: list[str], whole: list[str]) -> list[Thrown]:
    """The oldest comes first, and in each stack the outermost call."""
    found: list[Thrown] = []
    frames: list[Frame] = []
    head = ""
    for at, one in enumerate(lines):
        if place := _PYTHON.match(one):
            after = lines[at + 1] if at + 1 < len(lines) else ""
            source = after if after and whole[at + 1][:1].isspace() and not _PYTHON.match(after) else ""
            frames.append(Frame(place[3] or "", "", place[1], int(place[2]), is_own("", place[1]), source))
            head = ""
        elif one.startswith((_BEGINS, *_CHAINED)):
            if frames:
                found.append(Thrown(*_head(head), frames))
            frames, head = [], ""
        elif frames and not head and one and not whole[at][:1].isspace():
            head = one
    if frames:
        found.append(Thrown(*_head(head), frames))
    return found[::-1]


def _at(lines: list[str]) -> list[Thrown]:
    """The innermost call comes first, and what it followed from last."""
    found: list[Thrown] = []
    kind, message = "", ""
    frames: list[Frame] = []
    for one in lines:
        if frame := _frame(one):
            if not frames and not kind and (said := _RUBY.match(one)):
                message, _, kind = one[said.end() :].removeprefix(": ").rstrip(")").rpartition(" (")
            frames.append(frame)
        elif cause := _CAUSE.match(one):
            found.append(Thrown(kind, message, frames[::-1]))
            (kind, message), frames = _head(cause[1]), []
        elif not frames and not kind and not found:
            kind, message = _head(one)
    found.append(Thrown(kind, message, frames[::-1]))
    return found


def _net(lines: list[str]) -> list[Thrown]:
    """.NET names the chain in its first line, and has the stack of the innermost exception first."""
    stacks: list[list[Frame]] = [[]]
    for one in lines:
        if one.startswith(_INNER):
            stacks.append([])
        elif frame := _frame(one):
            stacks[-1].append(frame)
    heads = [_head(one) for one in lines[0].split(" ---> ")]
    return [Thrown(*head, stack[::-1]) for head, stack in zip(heads, stacks[::-1], strict=False)]


def _frame(one: str) -> Frame | None:
    if found := _AT_PLACE.fullmatch(one.rstrip(" {")) or _FIREFOX.match(one):
        return Frame(found[1] or "", "", found[2], int(found[3]), is_own("", found[2]))
    if found := _AT_JAVA.match(one):
        return Frame(found[2], found[1], found[3], int(found[4] or 0), is_own(found[1], ""))
    if found := _AT_NET.match(one):
        return Frame(found[2], found[1], found[3] or "", int(found[4] or 0), is_own(found[1], found[3] or ""))
    if found := _RUBY.match(one) or _PHP.match(one):
        return Frame(found[3], "", found[1], int(found[2]), is_own("", found[1]))
    return None


def _go(lines: list[str]) -> list[Thrown]:
    """The innermost call comes first, on two lines: what is called, and where. Only the first goroutine counts."""
    kind, message = "", ""
    frames: list[Frame] = []
    for before, one in zip(["", *lines], lines, strict=False):
        if place := _GO_PLACE.match(one):
            called = before.rpartition("(")[0] if before.endswith(")") else before
            parent, slash, last = called.rpartition("/")
            package, _, name = last.partition(".")
            if name and not before.startswith("created by "):
                module = parent + slash + package
                frames.append(Frame(name, module, place[1], int(place[2]), is_own(module, place[1])))
        elif frames and one.startswith("goroutine "):
            break
        elif not frames and not message and one and not one.startswith("goroutine "):
            kind, message = ("panic", one.removeprefix("panic: ")) if one.startswith("panic: ") else _head(one)
    return [Thrown(kind, message, frames[::-1])]
