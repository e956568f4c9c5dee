"""One drift report as it was made, and the same to keep."""

import msgspec
from dash import html
from flask import Response

from console import analytics_parts
from console.attributes import attributes
from console.auth.context import AuthContext
from console.markup import link, page, way
from console.page import File, Page, PageContext, View
from console.pages import sandbox
from console.pages.lookup import get_or_404
from core import codec
from core.models import drift_reports
from core.models.drift import page as document
from core.models.drift import style
from core.models.drift.report import Report

RULES = f"<style>.drift {{{style.RULES}}}</style>"  # what a report brings along, for it alone


def content(context: PageContext) -> View:
    """The report that the address names; 404 when there is none."""
    number = context.names["number"]
    found = of(context.auth, number)
    root = f"{context.prefix}model/drift"
    earlier = drift_reports.listed(context.auth.database, number, 1)
    tools = [way("HTML", f"{root}/{number}.html", "download"), way("JSON", f"{root}/{number}.json", "download")]
    if earlier:
        beside = f"{root}/compare?first={earlier[0]['id']}&second={number}"
        tools = [way("Compare with previous", beside, "table"), *tools]
    shown = page(
        "drift_report",
        f"Drift report {number}",
        analytics_parts.tabs(context, "model/drift"),
        html.Div([link("All reports", root, "link me-auto"), *tools], className="d-flex align-items-center gap-2 mb-3"),
        html.Div(className="drift", **attributes({"data-document": RULES + document.content(found)})),
        wide=True,
    )
    return View(shown, title=f"Drift report {number}")


def of(auth: AuthContext, number: int) -> Report:
    """The report of a number; 404 when there is none."""
    return get_or_404(auth.database, drift_reports.load, number, "This drift report does not exist.")


def _html(context: PageContext) -> Response:
    number = context.names["number"]
    whole = document.page(of(context.auth, number))
    return sandbox.download(whole, "text/html; charset=utf-8", f"gatehouse-drift-{number}.html")


def _json(context: PageContext) -> Response:
    number = context.names["number"]
    body = codec.encode(msgspec.to_builtins(of(context.auth, number)))
    return sandbox.download(body, "application/json", f"gatehouse-drift-{number}.json")


PAGE = Page(
    name="drift_report",
    path="model/drift/<int:number>",
    title="Drift report",
    role="viewer",
    content=content,
    files=(
        File("drift_html", "model/drift/<int:number>.html", _html),
        File("drift_json", "model/drift/<int:number>.json", _json),
    ),
    under="analytics",
)
