"""The drawer of one opened transaction; `assets/js/parts/opened.js` fills it from the transaction's page."""

from dash import html

from console.attributes import attributes


def drawer() -> html.Div:
    """Closed, and empty until a transaction is opened."""
    return html.Div(
        id="drawer-back",
        className="drawer-back position-fixed top-0 start-0 w-100 h-100",
        hidden=True,
        children=html.Aside(
            html.Div(id="drawer-body"),
            id="drawer",
            className="drawer position-absolute top-0 end-0 h-100 px-4 pb-4 border-start overflow-auto",
            role="dialog",
            tabIndex="-1",
            **attributes({"aria-modal": "true", "aria-label": "Transaction"}),
        ),
    )
