"""An incident in words that read well on a phone at 3 a.m.: what, how bad, since when, the number against its limit.

Every channel takes its words from here and only arranges them. Titles, series, names and details come from outside:
what leaves this module is `Inert`, on one line, without hidden characters and without anything that becomes a link.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from alerts.digest import model as digest
from alerts.digest.model import Digest
from core.alerting.notification import Notice
from core.alerting.quantities import duration, quantity
from core.alerting.rule_metadata import worded
from core.clock import to_datetime
from core.untrusted_text import Inert, cut, inert, inert_value, own_link, visible

__all__ = ["Fact", "against", "cut", "facts", "harmless", "headline", "one_line", "since", "story", "text"]

STATE = {
    "trigger": "",
    "acknowledge": "Acknowledged",
    "resolve": "Resolved",
    "escalate": "Escalated",
    "notice": "Note",
    "test": "Test",
    "canary": "Canary",
}


YES_OR_NO = 0.5  # the limit of rules whose value is 1 or 0


class Fact(NamedTuple):
    """A label and its value, both one line."""

    label: str
    value: Inert


def harmless(notice: Notice) -> Notice:
    """The notice as channels get it: every text from outside inert, links only where they are ours."""
    return msgspec.structs.replace(
        notice,
        rule=inert(notice.rule),
        series=inert(notice.series),
        title=inert(notice.title),
        summary=inert(notice.summary),
        unit=inert(notice.unit),
        actor=inert(notice.actor),
        reason=inert(notice.reason),
        correlation_id=inert(notice.correlation_id),
        link=own_link(notice.link),
        runbook=own_link(notice.runbook),
        judge=own_link(notice.judge),
        details=inert_value(notice.details),
        brief=[(label, inert(words)) for label, words in notice.brief],
    )


def headline(notice: Notice) -> Inert:
    """One line: state or severity, title, number against limit: `HIGH: Fraud rate is high: 4.21 % (limit 3 %)`.

    Of a state the title and the summary say enough.
    """
    if digest.of(notice) is not None:
        return inert(notice.title)
    state = STATE[notice.event]
    lead = f"{state} ({notice.severity})" if notice.event in ("escalate", "notice") else state
    lead = lead or notice.severity.upper()
    why = f". Reason: {notice.reason}" if notice.reason else ""
    if notice.more:
        return inert(f"{lead}: {notice.title} and {notice.more} more{why}")
    number = "" if worded(notice.details, notice.value or 0.0) else against(notice)
    return inert(f"{lead}: {notice.title}" + (f": {number}" if number else "") + why)


def story(notice: Notice) -> Inert:
    """The summary; at the end it is about what was."""
    told = inert(notice.summary)
    return Inert(f"Was: {told}") if told and notice.event == "resolve" else told


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
    if digest.of(notice) is not None:
        return []
    found = [("Severity", str(notice.severity))]
    if number := against(notice):
        found.append(("Value", number))
    found.append(("Began" if notice.event != "resolve" else "Lasted from", since(notice)))
    if notice.series:
        found.append(("Where", notice.series))
    if notice.actor:
        found.append(("By", notice.actor))
    if notice.reason:
        found.append(("Reason", notice.reason))
    found += notice.brief
    found.append(("Rule", notice.rule))
    return [Fact(label, inert(value)) for label, value in found]


def text(notice: Notice, dress: Callable[[Inert], str] = str) -> str:
    """The whole message as plain text, one subject a line; `dress` is what a receiver needs to leave it plain."""
    if (weekly := digest.of(notice)) is not None:
        return _digest(notice, weekly, dress)
    first, told = headline(notice), story(notice)
    lines: list[str] = [dress(first)]
    if notice.summary and inert(notice.summary) not in first:
        lines += ["", dress(told)]
    lines += ["", *(f"{one.label}: {dress(one.value)}" for one in facts(notice))]
    found = [("Incident", notice.link), ("Runbook", notice.runbook), ("Judge it", notice.judge)]
    links = [f"{label}: {address}" for label, link in found if (address := own_link(link))]
    lines += ["", *links] if links else []
    if notice.correlation_id:
        lines += ["", f"Correlation id: {dress(inert(notice.correlation_id))}"]
    return "\n".join(lines)


def _digest(notice: Notice, weekly: Digest, dress: Callable[[Inert], str]) -> str:
    lines = [dress(headline(notice)), ""]
    lines += [dress(inert(line)) if line else "" for line in digest.plain(weekly).split("\n")]
    return "\n".join([*lines, *(["", f"{weekly.page}: {link}"] if (link := own_link(notice.link)) else [])])


def one_line(words: str) -> str:
    """One line without hidden characters."""
    return visible(words)
