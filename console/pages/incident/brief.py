"""The brief of an incident: sentences from data, each with a link to what proves it."""

from typing import Any

from dash import html

from console import markup
from console.pages.incident.reading import Shown
from core.alerting.brief.sentences import About, sentences

LABELS: dict[About, str] = {
    "what": "What",
    "since": "Since",
    "usual": "Usual",
    "where": "Where",
    "cost": "Cost",
    "change": "Changed before",
    "earlier": "Last time",
}


def brief(found: Shown, prefix: str) -> html.Section:
    """All that is known, a line each; a subject of which nothing is known has none."""
    told = sentences(found.facts)
    lines = []
    for place, one in enumerate(told):
        proof: list[Any] = [markup.link("Proof", prefix + one.page)] if one.page else []
        again = place > 0 and told[place - 1].about == one.about
        lines += [html.Dt("" if again else LABELS[one.about]), html.Dd([f"{one.text} ", *proof])]
    pairs = html.Dl(lines, className="pairs")
    return markup.sheet("brief", "Brief", pairs, note="from recorded data")
