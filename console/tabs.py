"""The tabs of pages that belong together: search, queue, files and thresholds are all of transactions."""

from collections.abc import Sequence

from dash import html

from console.attributes import attributes


def tabs(label: str, links: Sequence[tuple[str, str]], here: str) -> html.Nav:
    """Links (address and words) in a row; the one that is `here` is marked."""
    return html.Nav(
        [
            html.A(words, href=to, className="nav-link" + (" active" if to == here else ""), **_current(to == here))
            for to, words in links
        ],
        className="nav nav-underline tabs",
        **attributes({"aria-label": label}),
    )


def _current(is_here: bool) -> dict[str, str]:
    return {"aria-current": "page"} if is_here else {}
