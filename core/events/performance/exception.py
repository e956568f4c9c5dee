"""An exception that a process did not expect, as often as it came in one place within a minute."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from core import nfc
from core.events import endpoint_series, redaction, stack_trace
from core.events.performance.reported import Reported
from core.events.stack_trace import Frame, Thrown

OTHER = "(other)"  # the type of what is beyond a limit: how often, and nothing else is known of it
MOST_CAUSES = 8
MOST_FRAMES = 60  # of one exception
OUTERMOST = 12  # of them those where the request began
MOST_USERS = 20
MESSAGE, STACK = 2_000, 8_000  # characters
NAME, SOURCE = 300, 240
_OUTSIDE = {code: "\ufffd" for code in [*range(0x20), 0x7F, *range(0xD800, 0xE000)] if chr(code) not in "\n\t"}


class Cause(Struct, omit_defaults=True):
    """An exception that another one followed from."""

    type: str
    message: str = ""
    frames: list[Frame] = []


class ExceptionReport(Reported, tag="exception", kw_only=True):
    """An exception as a process saw it in one place, `count` times within a minute; `timestamp` is the newest.

    `frames` are those of its stack, where it was raised last; instead of them `stacktrace` may have the text that a
    runtime prints. `causes` are the exceptions that it followed from, the nearest first. What is too long is cut, and
    what looks like a secret is taken out of messages and source lines. `users` are those who met it, and how often.
    """

    kept_by: ClassVar[str] = "exception_days"
    type: str
    message: str = ""
    frames: list[Frame] = []
    causes: list[Cause] = []
    stacktrace: str = ""
    left_out: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    route: str = ""
    method: str = ""
    users: dict[str, endpoint_series.Hits] = {}
    count: endpoint_series.Hits = 1

    def complete(self) -> None:
        """Bring it into the form that is stored: bounded, without control characters and secrets, a stack as frames."""
        chain = [Thrown(self.type, self.message, self.frames), *(Thrown(*_fields(one)) for one in self.causes)]
        if self.stacktrace and not self.frames:
            text = self.stacktrace[: stack_trace.MOST_TEXT]
            if found := stack_trace.read(text):
                chain = [found[0]._replace(type=self.type or found[0].type, message=self.message or found[0].message)]
                chain += found[1:]
                self.stacktrace = ""
            else:
                self.stacktrace = redaction.redacted(plain(text, STACK))
        else:
            self.stacktrace = ""
        kept = bounded(chain)
        self.left_out += sum(len(one.frames) for one in chain) - sum(len(one.frames) for one in kept)
        self.left_out = min(self.left_out, 1_000_000)
        first, *more = [Cause(one.type, one.message, one.frames) for one in map(_clean, kept)]
        self.type, self.message, self.frames, self.causes = first.type or "unknown", first.message, first.frames, more
        self.route = line(self.route, NAME)
        self.method = self.method if self.method in endpoint_series.METHODS else self.method and "_OTHER"
        given = list(self.users.items())[:MOST_USERS]
        self.users = {name: times for key, times in given if (name := line(key, 200))}

    def chain(self) -> list[Thrown]:
        """Itself, and what it followed from."""
        return [Thrown(self.type, self.message, self.frames), *(Thrown(*_fields(one)) for one in self.causes)]


def bounded(chain: Iterable[Thrown]) -> list[Thrown]:
    """So many causes, the first of all among them; of each stack its beginning and its end."""
    found = list(chain)
    if len(found) > MOST_CAUSES:
        found = [*found[: MOST_CAUSES - 1], found[-1]]
    return [
        one
        if len(one.frames) <= MOST_FRAMES
        else one._replace(frames=[*one.frames[:OUTERMOST], *one.frames[OUTERMOST - MOST_FRAMES :]])
        for one in found
    ]


def plain(text: str, most: int) -> str:
    """A text as it can be stored: bounded, in NFC, without control characters and halves of characters."""
    kept = text if len(text) <= most else f"{text[: most - 1]}…"
    return kept if kept.isascii() and kept.isprintable() else nfc.text(kept.translate(_OUTSIDE))


def line(text: str, most: int) -> str:
    """The same on one line."""
    return " ".join(plain(text[: 4 * most], 4 * most).split())[:most]


def _fields(one: Cause) -> tuple[str, str, list[Frame]]:
    return one.type, one.message, one.frames


def _clean(one: Thrown) -> Thrown:
    message = redaction.redacted(plain(one.message, MESSAGE)).strip()
    return Thrown(line(one.type, 200), message, [_frame(each) for each in one.frames])


def _frame(one: Frame) -> Frame:
    in_app = stack_trace.is_own(one.module, one.file) if one.in_app is None else one.in_app
    source = redaction.redacted(plain(one.source[: 4 * SOURCE].strip("\r\n"), SOURCE)).expandtabs(4)
    return msgspec.structs.replace(
        one, function=line(one.function, NAME), module=line(one.module, NAME), file=line(one.file, NAME),
        in_app=in_app, source=source.rstrip().replace("\n", " "),
    )  # fmt: skip
