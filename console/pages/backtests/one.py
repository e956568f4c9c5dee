"""One backtest: each variant beside the others, when it would have fired, and the firings as CSV."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from dash import html
from flask import Response, abort

from console.attributes import attributes
from console.auth.context import AuthContext
from console.figures import backtest as figure
from console.format import NONE
from console.markup import calm, page, said, sheet, way
from console.page import File, Page, PageContext, View
from console.pages.backtests.spec import lasting
from console.pages.status_style import length, look
from console.panel import Column
from console.rule_format import measured
from console.table import plain_table, table
from core import clock, codec
from core.alerting import backtests
from core.errors import BadInput
from core.web import download as downloads

QUICK = 0.7  # seconds between looks, until it is over
MOST_FIRINGS = 200
VARIANTS = (
    Column("variant", "Variant"),
    Column("limit", "Limit", "mono"),
    Column("changed", "Changed", "mono"),
    Column("firings", "Firings", "int"),
    Column("pages", "Pages a day", "mono"),
    Column("firing", "Time firing", "mono"),
    Column("detect", "Median time to detect", "mono"),
    Column("flaps", "Flaps", "int"),
    Column("missing", "No data", "int"),
)
FIRINGS = (
    Column("fired", "Fired (UTC)", "second"),
    Column("series", "Series", "mono"),
    Column("detected", "Time to detect", "mono"),
    Column("lasted", "Duration", "mono"),
    Column("worst", "Peak", "mono"),
)


def content(context: PageContext) -> View:
    """The backtest that the address names; 404 when there is none."""
    one = _one(context.auth, context.names["number"])
    title = f"Backtest {one.id}: {one.result['title'] if one.result else one.spec['rule']}"
    settled = one.state in ("done", "failed")
    shown = page(
        "backtest",
        title,
        html.Div(
            f"Backtest {one.id}: {look(one.state).word}",
            className="visually-hidden",
            role="status",
        ),
        *_body(context, one),
        back=("All backtests", f"{context.prefix}alerts/backtests"),
        wide=True,
    )
    return View(shown, title=title, every=0.0 if settled else QUICK)


def _body(context: PageContext, one: backtests.Backtest) -> list[Any]:
    if one.state == "failed":
        return [said(f"The backtest failed: {one.message}", "x-octagon-fill", "bad")]
    if not one.result:
        words = "Running" if one.state == "running" else "Waiting for a worker"
        more = f"Requested by {one.requested_by}. Results appear here automatically."
        return [html.Section(calm("hourglass-split", words, more), className="panel sheet card")]
    result = one.result
    unit = result["chart"]["unit"]
    firings = [_firings(at, variant, unit) for at, variant in enumerate(result["variants"])]
    return [
        _beside(context, one, result, unit),
        html.Div(firings, className="grid cols-1 cols-md-2 align-items-start mb-3"),
    ]


def _beside(context: PageContext, one: backtests.Backtest, result: Mapping[str, Any], unit: str) -> html.Section:
    counted = "evaluations"
    if result["source"] == "series":
        counted = f"points, one every {_span(result['step'])}"
    known = {
        "data-figure": codec.encode(figure.draw(result)).decode(),
        "aria-label": f"{result['title']} and when each variant would have fired",
    }
    rows = [_variant(at, variant, unit) for at, variant in enumerate(result["variants"])]
    root = f"{context.prefix}alerts/backtests"
    again = f"{root}?rule={quote(str(result['rule']), safe='')}"
    return sheet(
        "beside",
        "Comparison",
        html.Div(className="chart", role="group", style={"height": 300}, **attributes(known)),
        plain_table("variants-rows", "Variants", VARIANTS, rows),
        note=f"{lasting(one.spec)} · {result['source']} · {result['evaluations']:,} {counted}",
        tools=[way("CSV", f"{root}/{one.id}.csv", "download"), way("Run again", again, "arrow-repeat")],
        plain=True,
    )


def _variant(at: int, one: Mapping[str, Any], unit: str) -> list[Any]:
    limits = [
        f"{sign} {measured(one[name], unit)}"
        for sign, name in ((">", "above"), ("<", "below"))
        if one[name] is not None
    ]
    changed = ", ".join(f"{name} {value}" for name, value in one["set"].items())
    return [
        at, one["name"], " or ".join(limits) or NONE, changed or NONE, len(one["firings"]),
        measured(one["pages_per_day"]), _span(one["firing_seconds"]), _span(one["detect_seconds"]), one["flaps"],
        one["missing"],
    ]  # fmt: skip


def _firings(at: int, variant: Mapping[str, Any], unit: str) -> html.Section:
    found: Sequence[Mapping[str, Any]] = variant["firings"]
    name, count = str(variant["name"]), len(found)
    note = f"{count} {'firing' if count == 1 else 'firings'}"
    below = []
    if variant.get("unjudged"):
        words = f"{variant['unjudged']:,} of {variant['judged']:,} points could not be evaluated: {variant['why']}"
        below = [html.P(words, className="text-body-secondary px-3 py-2")]
    title = f"{name[:1].upper()}{name[1:]}"
    if found:
        rows = [_firing(number, one, unit) for number, one in enumerate(found[:MOST_FIRINGS])]
        return table(f"firings-{at}", title, FIRINGS, rows, "", note, below=below)
    says = calm("check-circle-fill", "It would not have fired")
    if variant.get("unjudged") and variant["unjudged"] == variant["judged"]:
        says = calm("question-circle", "Nothing could be evaluated", variant["why"])
    return sheet(f"firings-{at}", title, says, *below, note=note, plain=True)


def _firing(number: int, one: Mapping[str, Any], unit: str) -> list[Any]:
    start = clock.to_datetime(one["start"])
    lasted = "still firing" if one["end"] is None else length(start, clock.to_datetime(one["end"]))
    detected = length(clock.to_datetime(one["began"]), start)
    return [
        number, int(1000 * one["start"]), one["series"] or NONE, detected, lasted, measured(one["peak"], unit),
    ]  # fmt: skip


def _span(seconds: float | None) -> str:
    zero: datetime = clock.to_datetime(0)
    return NONE if seconds is None else length(zero, clock.to_datetime(seconds))


def _one(auth: AuthContext, number: int) -> backtests.Backtest:
    try:
        with auth.database.transaction() as connection:
            return backtests.get(connection, number)
    except BadInput:
        abort(404, "This backtest does not exist.")


def _csv(context: PageContext) -> Response:
    number = context.names["number"]
    found = _one(context.auth, number)
    rows = [
        [variant["name"], one["series"], *(_iso(one[name]) for name in ("began", "start", "end")), one["peak"]]
        for variant in (found.result or {"variants": []})["variants"]
        for one in variant["firings"]
    ]
    names = ("variant", "series", "began", "fired", "resolved", "peak")
    return downloads.csv(names, rows, f"gatehouse-backtest-{number}.csv")


def _iso(at: float | None) -> str:
    return "" if at is None else clock.iso(at)


PAGE = Page(
    name="backtest",
    path="alerts/backtests/<int:number>",
    title="Backtest",
    role="viewer",
    content=content,
    files=(File("backtest_csv", "alerts/backtests/<int:number>.csv", _csv),),
    under="backtests",
)
