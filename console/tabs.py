"""The tabs of pages that belong together: search, queue, files and thresholds are all of transactions."""

from collections.abc import Sequence

from dash import html

from console.attributes import attributes
from console.panel_layout import icon


def tabs(label: str, links: Sequence[tuple[str, str, str]], here: str) -> html.Nav:
    """Links (address, words and icon) in a row; the one that is `here` is marked."""
    return html.Nav(
        [
            html.A(
                [icon(picture), words] if picture else words,
                href=to,
                className="nav-link" + (" active" if to == here else ""),
                **attributes({"aria-current": "page"} if to == here else {}),
            )
            for to, words, picture in links
        ],
        className="nav nav-underline tabs flex-nowrap overflow-auto border-bottom mb-3",
        **attributes({"aria-label": label}),
    )
