"""The drawer of one opened transaction; `assets/js/parts/drawer.js` fills it."""

from dash import dcc, html

from console.attributes import attributes
from console.panel_layout import blank, chart_config, icon


def drawer() -> html.Div:
    """Closed, and empty until a transaction is opened."""
    return html.Div(
        id="drawer-back",
        className="drawer-back",
        hidden=True,
        children=html.Aside(
            id="drawer",
            className="drawer",
            role="dialog",
            tabIndex="-1",
            **attributes({"aria-modal": "true", "aria-labelledby": "drawer-title"}),
            children=[
                html.Div(
                    className="drawer-head",
                    children=[
                        html.H2("Transaction", id="drawer-title"),
                        html.Button(
                            icon("x-lg"),
                            id="drawer-close",
                            className="square",
                            type="button",
                            title="Close (Escape)",
                            **attributes({"aria-label": "Close"}),
                        ),
                    ],
                ),
                html.Div(id="drawer-body", className="drawer-body"),
                html.Div(
                    id="drawer-chart",
                    className="drawer-chart",
                    hidden=True,
                    children=[
                        html.H3("What moved the score"),
                        dcc.Graph(
                            id="drawer-graph",
                            config=chart_config("transaction", displayModeBar=False),
                            figure=blank(),
                            responsive=True,
                        ),
                    ],
                ),
                html.Div(id="drawer-more", className="drawer-body"),
            ],
        ),
    )
