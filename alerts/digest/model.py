"""The weekly digest as channels get it: sections of short lines. It travels in the details of a notice."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from core.alerting.notification import Notice

RULE = "digest"
MOST_LINES = 10  # of a section
MOST_SECTIONS = 20
LONGEST = 300  # characters of a line

Tone = Literal["", "good", "bad"]


class Line(Struct, frozen=True):
    """What it is about, and what is said of it."""

    name: str
    text: str
    tone: Tone = ""


class Section(Struct, frozen=True):
    """A heading and its lines; `more` were left out."""

    title: str
    lines: list[Line]
    more: int = 0


class Digest(Struct, frozen=True):
    """The days, first and last, and what is to be said of them."""

    first: str
    last: str
    sections: list[Section]


def bounded(title: str, lines: list[Line]) -> Section:
    """A section with as many lines, of as many characters, as a message takes."""
    kept = [Line(one.name[:LONGEST], one.text[:LONGEST], one.tone) for one in lines[:MOST_LINES]]
    return Section(title, kept, max(0, len(lines) - MOST_LINES))


def of(notice: Notice) -> Digest | None:
    """The digest that a notice carries; None for any other notice."""
    if notice.rule != RULE or "digest" not in notice.details:
        return None
    try:
        return msgspec.convert(notice.details["digest"], Digest)
    except msgspec.ValidationError:
        return None


def details(digest: Digest) -> dict[str, Any]:
    """The details of a notice that carries it."""
    return {"digest": msgspec.to_builtins(digest)}


def plain(digest: Digest) -> str:
    """As plain text, a heading and its lines."""
    parts = []
    for section in digest.sections:
        lines = [f"- {one.name}: {one.text}" if one.name else f"- {one.text}" for one in section.lines]
        more = [f"- and {section.more:,} more"] if section.more else []
        parts.append("\n".join([section.title.upper(), *lines, *more]))
    return "\n\n".join(parts) or "Nothing to report."
