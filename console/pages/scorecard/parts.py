"""What the sheets of Scorecard share: a figure with its interval, why there is none, and the sentence below."""

from typing import Any

from dash import html

from console import markup
from console.chart_panel import column
from console.format import NONE


def fact(value: str, below: str = "") -> Any:
    """A figure and its interval under it."""
    return [value, html.Small(below, className="d-block fs-6 fw-normal text-body-secondary")] if below else value


def sentence(words: str) -> html.P:
    """What a figure means."""
    return html.P(words, className="mb-2 mt-3")


def beside(*panels: html.Section | None) -> html.Div:
    """A sheet and its chart, beside one another where there is room."""
    return html.Div([column(6, one) for one in panels if one is not None], className="grid")


def nothing(name: str, title: str, why: str, note: str = "") -> html.Section:
    """A sheet whose figure cannot be said yet."""
    return markup.sheet(name, title, markup.calm("hourglass-split", NONE, f"{why[:1].upper()}{why[1:]}."), note=note)
