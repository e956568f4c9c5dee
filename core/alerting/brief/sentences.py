"""A brief as sentences made from facts by templates; each names the page that shows what it says. Pure.

What is not known gets no sentence, and no sentence says why something happened: only what was, and when.
"""

from typing import Literal, NamedTuple
from urllib.parse import quote

from core.alerting import rule_metadata
from core.alerting.brief.facts import Change, Facts
from core.alerting.incident import Incident
from core.alerting.quantities import duration, quantity
from core.clock import to_datetime
from core.untrusted_text import cut, visible

FEWEST = 20  # evaluations in the hour before that say what was usual
FEWEST_WEEKS = 2
CHANGES = 3
TEXT = 300  # characters of what people or senders wrote
About = Literal["what", "since", "usual", "where", "cost", "change", "earlier"]


class Sentence(NamedTuple):
    """One sentence; `page` is its proof, under the console's prefix."""

    about: About
    text: str
    page: str


def sentences(facts: Facts) -> list[Sentence]:
    """Everything there is to say, in the order in which a person asks for it."""
    return [
        *_what(facts),
        *_since(facts),
        *_usual(facts),
        *_where(facts),
        *_cost(facts),
        *_changes(facts),
        *_earlier(facts),
    ]


def short(facts: Facts) -> list[Sentence]:
    """What a first message adds to its facts: where, the last change before, and what an earlier incident was."""
    return [*_where(facts)[:1], *_changes(facts)[:1], *_earlier(facts)[:1]]


def address(number: str) -> str:
    """The page of an incident, under the console's prefix."""
    return f"alerts/incidents/{quote(number, safe='')}"


def _what(facts: Facts) -> list[Sentence]:
    one = facts.one
    if one.value is None or one.limit_value is None:
        return []
    worst = one.peak if one.peak is not None else one.value
    limit = _measured(one, one.limit_value)
    words = f"{_title(one)} reached {_measured(one, worst)}, with the limit at {limit}"
    if one.status != "resolved" and worst != one.value:
        words += f"; it is {_measured(one, one.value)} now"
    return [Sentence("what", f"{words}.", address(one.id) + "#chart-place")]


def _since(facts: Facts) -> list[Sentence]:
    one, began = facts.one, facts.one.began_at.timestamp()
    if one.resolved_at is None:
        words = f"It began at {_at(began, facts.now)} and has lasted {duration(max(0.0, facts.now - began))}."
    else:
        lasted = duration(max(0.0, one.resolved_at.timestamp() - began))
        words = f"It began at {_at(began, facts.now)} and lasted {lasted}."
    return [Sentence("since", words, address(one.id) + "#timeline")]


def _usual(facts: Facts) -> list[Sentence]:
    """How often its limit was crossed in the hour before: a limit that is crossed often says little."""
    one, known = facts.one, list(facts.before)
    signs = [sign for sign, value in rule_metadata.limits(facts.definition) if value == one.limit_value]
    if len(known) < FEWEST or one.limit_value is None or len(signs) != 1:
        return []
    above = signs[0] == ">"
    crossed = sum(value > one.limit_value if above else value < one.limit_value for value in known)
    if crossed:
        words = f"In the hour before, the limit was also crossed in {crossed:,} of {len(known):,} evaluations."
    else:
        extreme, word = (max(known), "highest") if above else (min(known), "lowest")
        words = (
            f"In the hour before, none of {len(known):,} evaluations crossed the limit; the {word} value was "
            f"{_measured(one, extreme)}."
        )
    return [Sentence("usual", words, address(one.id) + "#chart-place")]


def _where(facts: Facts) -> list[Sentence]:
    """The slice that explains it best, as it was searched for."""
    return [
        Sentence("where", f"At {_text(one.where)}: {_share(one.during)} now, {_share(one.before)} before.", one.page)
        for one in facts.slices[:1]
    ]


def _cost(facts: Facts) -> list[Sentence]:
    """Figures that are outside of what the weeks before had in the same minutes."""
    found = []
    for total in facts.totals:
        if len(total.usual) < FEWEST_WEEKS or min(total.usual) <= total.value <= max(total.usual):
            continue
        least, most = (quantity(value, total.unit) for value in (min(total.usual), max(total.usual)))
        usual = least if least == most else f"{least} to {most}"
        words = (
            f"{total.name} since it began: {quantity(total.value, total.unit)}; in the same minutes of the "
            f"{len(total.usual)} weeks before: {usual}."
        )
        found.append(Sentence("cost", words, ""))
    return found


def _changes(facts: Facts) -> list[Sentence]:
    """What somebody changed first, then what merely happened; the newest of each first."""
    began = facts.one.began_at.timestamp()
    newest = sorted(facts.changes, key=lambda one: (one.symptom, -one.at))
    found = [Sentence("change", _changed(one, began), one.page) for one in newest[:CHANGES]]
    if (more := len(newest) - CHANGES) > 0:
        found.append(Sentence("change", f"{more} more changes in the 30 minutes before.", newest[CHANGES].page))
    return found


def _changed(change: Change, began: float) -> str:
    return f"{duration(max(0.0, began - change.at))} before: {_text(change.text)}."


def _earlier(facts: Facts) -> list[Sentence]:
    past = facts.earlier
    if past is None:
        return []
    of = f" ({_text(past.series)})" if past.series and past.series != facts.one.series else ""
    lasted = duration(max(0.0, past.resolved_at - past.began_at))
    words = f"The rule last fired on {to_datetime(past.began_at):%-d %B %Y}{of} and lasted {lasted}."
    steps = [f"{_text(step.text)} after {duration(max(0.0, step.after))}" for step in past.steps]
    if steps:
        words += f" Then: {'; '.join(steps)}."
    return [Sentence("earlier", words, address(past.id))]


def _title(one: Incident) -> str:
    return (
        f"{_text(one.title)} ({_text(one.series)})" if one.series and one.series not in one.title else _text(one.title)
    )


def _measured(one: Incident, value: float) -> str:
    return rule_metadata.worded(one.details, value) or quantity(value, one.unit)


def _share(value: float | None) -> str:
    return "no traffic" if value is None else f"{100 * value:.1f} %"


def _at(at: float, now: float) -> str:
    form = "%H:%M UTC" if now - at < 43_200 else "%-d %B %Y, %H:%M UTC"
    return f"{to_datetime(at):{form}}"


def _text(words: str) -> str:
    return cut(visible(words).strip().rstrip("."), TEXT)
