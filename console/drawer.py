"""The drawer of one opened transaction; `assets/js/parts/opened.js` fills it from the transaction's page."""

from dash import html

from console.attributes import attributes


def drawer() -> html.Div:
    """Closed, and empty until a transaction is opened."""
    return html.Div(
        id="drawer-back",
        className="drawer-back",
        hidden=True,
        children=html.Aside(
            html.Div(id="drawer-body"),
            id="drawer",
            className="drawer",
            role="dialog",
            tabIndex="-1",
            **attributes({"aria-modal": "true", "aria-label": "Transaction"}),
        ),
    )
