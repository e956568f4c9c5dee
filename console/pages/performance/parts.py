"""What the pages of endpoints are put together from: durations, error rates, notes, ranges, key figures."""

from typing import Any
from urllib.parse import urlencode

from dash import html

from console import format, markup
from console.key_figures import card as card
from console.key_figures import cards as cards
from console.pages.performance.reading import Asked, Shown
from core.endpoints.overview import Figures

SUBPAGES = (
    ("outliers", "Outliers", "hourglass-split"), ("profiler", "Profiler", "lightning-charge"),
    ("processes", "Processes", "hdd-network"), ("overhead", "Overhead", "graph-up"), ("storage", "Storage", "database"),
)  # fmt: skip
SLOW_ERRORS = 0.01  # the share of errors from which it is marked
BAD_ERRORS = 0.05
MIB = float(2**20)
BUSY = 0.8  # the share of busy threads from which it is marked


def lasted(seconds: float | None) -> str:
    """A duration in the unit a person would use."""
    return format.NONE if seconds is None else format.milliseconds(1000 * seconds)


def cores(value: float | None) -> str:
    """CPU in percent of one core."""
    return format.NONE if value is None else f"{100 * value:.1f} %" if value < 10 else f"{value:.1f} cores"


def split(words: str) -> tuple[str, str]:
    """A value and its unit, as a key figure has them."""
    value, _, unit = words.rpartition(" ")
    return (value, unit) if value else (unit, "")


def duration_cell(seconds: float | None) -> list[Any] | None:
    """The same for a column that sorts by it."""
    return None if seconds is None else [lasted(seconds), seconds]


def error_rate(found: Figures) -> str:
    """Errors in percent; a rate that is not 0 never reads 0."""
    rate = found.error_rate
    if rate is None:
        return format.NONE
    return "0 %" if not rate else "< 0.01 %" if rate < 1e-4 else format.percent(100 * rate)


def address(service: str, route: str, method: str, wanted: Asked) -> str:
    """Of an endpoint's page under the prefix, with the range and the version that are looked at."""
    kept = {name: value for name, value in wanted.values.items() if name in ("range", "from", "to", "version")}
    return f"performance/endpoint?{urlencode({'service': service, 'route': route, 'method': method, **kept})}"


def subpages(prefix: str, wanted: Asked) -> html.Div:
    """Links to the pages below Performance, with the range that is looked at."""
    kept = wanted.query(service="", route="", method="", version="")
    ways = [markup.way(words, f"{prefix}performance/{to}{kept}", picture) for to, words, picture in SUBPAGES]
    return html.Div(ways, className="d-flex flex-wrap gap-2 mb-3", id="subpages")


def notes(shown: Shown[Any]) -> html.Div:
    """What cannot be reached, or was not understood."""
    found: list[Any] = []
    if shown.refused:
        found.append(markup.said(f"{shown.refused.rstrip('.')}. Choose another range.", "x-octagon-fill", "bad"))
    if shown.away:
        head = html.B(f"{shown.away[:1].upper()}{shown.away[1:]} cannot be reached.")
        more = " This page recovers automatically."
        found.append(markup.said([head, more], "wifi-off", "bad", "not-reached"))
    return html.Div(found, id="notes")


def share_bar(words: Any, title: str, value: str, percent: float, to: str) -> html.A:
    """A part of a whole as a bar that leads somewhere."""
    head = html.Div(
        [
            html.Div(words, className="flex-fill text-truncate", title=title),
            html.Span(value, className="fw-semibold text-nowrap"),
        ],
        className="d-flex align-items-end gap-2",
    )
    track = html.Div(
        html.Div(className="progress-bar", style={"width": f"{percent:.1f}%"}), className="progress mt-1",
        style={"height": "6px"},
    )  # fmt: skip
    return html.A([head, track], href=to, className="text-reset text-decoration-none d-block")


def status_of(found: Figures) -> str:
    """Whether the error rate wants a look."""
    rate = found.error_rate or 0.0
    return "alert" if rate >= BAD_ERRORS else "warning" if rate >= SLOW_ERRORS else ""


def busy(found: Figures, minutes: int) -> str:
    """How many requests were under way at a time, on average."""
    return format.number(found.seconds / (60 * minutes)) if minutes else format.NONE
