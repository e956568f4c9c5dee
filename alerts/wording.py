"""An incident in words that read well on a phone at 3 a.m.: what, how bad, since when, the number against its limit.

Every channel takes its words from here and only arranges them.
"""

from typing import NamedTuple

from core.clock import to_datetime
from core.notice import Notice
from core.rule_facts import worded

STATE = {
    "trigger": "",
    "acknowledge": "Acknowledged",
    "resolve": "Resolved",
    "escalate": "Nobody has acknowledged",
    "notice": "Note",
    "test": "Test",
    "canary": "Canary",
}


YES_OR_NO = 0.5  # the limit of rules whose value is 1 or 0


class Fact(NamedTuple):
    """A label and its value, both one line."""

    label: str
    value: str


def headline(notice: Notice) -> str:
    """One line: state or severity, title, number against limit: `HIGH: Fraud rate is high: 4.21 % (limit 3 %)`.

    Of a state the title and the summary say enough.
    """
    state = STATE[notice.event]
    lead = f"{state} ({notice.severity})" if notice.event in ("escalate", "notice") else state
    lead = lead or notice.severity.upper()
    number = "" if worded(notice.details, notice.value or 0.0) else against(notice)
    return one_line(f"{lead}: {notice.title}" + (f": {number}" if number else ""))


def story(notice: Notice) -> str:
    """The summary; at the end it is about what was."""
    told = notice.summary.strip()
    return f"It was: {told}" if told and notice.event == "resolve" else told


def against(notice: Notice) -> str:
    """`4.21 % (limit 3 %)`, or the word of a state: `DOWN`.

    '' without a value, and for a yes or no without words, whose number says nothing to people.
    """
    if notice.value is not None and (word := worded(notice.details, notice.value)):
        return word
    if notice.value is None or (not notice.unit and notice.limit == YES_OR_NO and notice.value in (0.0, 1.0)):
        return ""
    limit = f" (limit {quantity(notice.limit, notice.unit)})" if notice.limit is not None else ""
    return quantity(notice.value, notice.unit) + limit


def since(notice: Notice) -> str:
    """`03:12 UTC (14 min)`; the day too when it began more than 12 hours before."""
    lasted = max(0.0, notice.at - notice.began_at)
    form = "%H:%M UTC" if lasted < 43200 else "%Y-%m-%d %H:%M UTC"
    return f"{to_datetime(notice.began_at):{form}} ({duration(lasted)})"


def facts(notice: Notice) -> list[Fact]:
    """What matters, in the order in which a person asks for it."""
    found = [Fact("Severity", notice.severity)]
    if number := against(notice):
        found.append(Fact("Value", number))
    found.append(Fact("Began" if notice.event != "resolve" else "Lasted from", since(notice)))
    if notice.series:
        found.append(Fact("Where", notice.series))
    if notice.actor:
        found.append(Fact("By", notice.actor))
    found.append(Fact("Rule", notice.rule))
    return [Fact(one.label, one_line(one.value)) for one in found]


def text(notice: Notice) -> str:
    """The whole message as plain text, one subject a line."""
    lines = [headline(notice)]
    if notice.summary and one_line(notice.summary) not in lines[0]:
        lines += ["", story(notice)]
    lines += ["", *(f"{one.label}: {one.value}" for one in facts(notice))]
    if notice.link or notice.runbook:
        lines.append("")
    if notice.link:
        lines.append(f"Incident: {notice.link}")
    if notice.runbook:
        lines.append(f"Runbook: {notice.runbook}")
    if notice.correlation_id:
        lines += ["", f"Correlation id: {notice.correlation_id}"]
    return "\n".join(lines)


def quantity(value: float, unit: str) -> str:
    """A number with at most four significant figures and its unit: `1,250 ms`, `4.21 %`, `$5,000`."""
    figures = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if unit.upper() in ("USD", "$"):
        return f"${figures}"
    return f"{figures} {unit}".strip()


def duration(seconds: float) -> str:
    """`40 s`, `14 min`, `3 h 20 min`, `2 d 4 h`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def one_line(words: str) -> str:
    """Control characters and line breaks become single spaces."""
    return " ".join("".join(" " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in words).split())


def cut(words: str, length: int) -> str:
    """At most `length` characters, with an ellipsis when something was cut."""
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
