"""A digest as channels get it: sections of short lines and charts. It travels in the details of a notice."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from core.alerting.notification import Notice

RULE = "digest"
MOST_LINES = 10  # of a section
MOST_SECTIONS = 20
LONGEST = 300  # characters of a line
MOST_CHARTS, MOST_SERIES, MOST_POINTS = 3, 6, 400  # of a section, of a chart, of a series

Tone = Literal["", "good", "bad"]
Role = Literal["ok", "review", "blocked", "good", "accent", "muted"]


class Line(Struct, frozen=True):
    """What it is about, and what is said of it."""

    name: str
    text: str
    tone: Tone = ""


class Series(Struct, frozen=True):
    """The values of a chart by its labels; None where there is none."""

    name: str
    role: Role
    values: list[float | None]


class Chart(Struct, frozen=True):
    """The numbers of a picture: bars on one another, lines, or a bar to the right for each label.

    `limits` are lines with their words. Channels that show no pictures leave it out: lines say what matters.
    """

    title: str
    kind: Literal["bars", "lines", "shares"]
    labels: list[str]
    series: list[Series]
    unit: str = ""
    limits: list[tuple[float, str]] = []


class Section(Struct, frozen=True):
    """A heading, its lines and its charts; `more` lines were left out."""

    title: str
    lines: list[Line]
    more: int = 0
    charts: list[Chart] = []


class Digest(Struct, frozen=True):
    """The days, first and last, and what is to be said of them; `name` and `page` are what it is called and the page
    that its link opens, `report` is its kind (alerts/digest/reports.py).
    """

    first: str
    last: str
    sections: list[Section]
    name: str = "Weekly digest"
    page: str = "Performance"
    report: str = "performance"


def bounded(title: str, lines: list[Line], charts: Sequence[Chart] = ()) -> Section:
    """A section with as many lines, of as many characters, and as many numbers as a message takes."""
    kept = [Line(one.name[:LONGEST], one.text[:LONGEST], one.tone) for one in lines[:MOST_LINES]]
    drawn = [_bounded(one) for one in charts[:MOST_CHARTS]]
    return Section(title, kept, max(0, len(lines) - MOST_LINES), drawn)


def _bounded(chart: Chart) -> Chart:
    series = [Series(one.name[:LONGEST], one.role, one.values[:MOST_POINTS]) for one in chart.series[:MOST_SERIES]]
    labels = [label[:LONGEST] for label in chart.labels[:MOST_POINTS]]
    return msgspec.structs.replace(chart, labels=labels, series=series)


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
