"""The pages about the model, as tabs above each of them."""

from dash import html

from console.page import PageContext
from console.tabs import tabs

PAGES = (
    ("model", "Overview"),
    ("model/versions", "Versions"),
    ("model/training", "Training"),
    ("model/drift", "Drift reports"),
)


def model_tabs(context: PageContext, here: str) -> html.Nav:
    """`here` is the address of one of them, under the prefix."""
    links = [(context.prefix + address, words, "") for address, words in PAGES]
    return tabs("Model", links, context.prefix + here)
