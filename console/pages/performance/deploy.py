"""One deploy: each endpoint before and after it, what became slower or fails more first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from dash import html
from flask import abort

from console import format, markup
from console.addresses import PREFIX
from console.page import Page, PageContext, View
from console.pages.performance import parts
from console.pages.performance.reading import Asked, Shown
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.deploy_reads import ROUTE, DeployDetail, DeployRow, EndpointChange
from core.errors import HttpUnavailable
from core.http import HttpClient

EVERY = 10.0
LARGEST = 2**31
NOTHING_BEFORE = "It is the first version of its service that was seen, so there is nothing to compare it with."
AROUND = 3600.0  # seconds before and after a deploy that its endpoints' pages show
SIDES = (
    Column("durations", "Durations", "state", "150px"), Column("ratio", "Typical duration", "right", "150px"),
    Column("p50_before", "p50 before", "right"), Column("p50", "p50 after", "right"),
    Column("p95_before", "p95 before", "right"), Column("p95", "p95 after", "right"),
    Column("errors", "Errors", "state", "150px"), Column("rate_before", "Error rate before", "right"),
    Column("rate", "Error rate after", "right"), Column("hits_before", "Requests before", "int"),
    Column("hits", "Requests after", "int"),
)  # fmt: skip
COLUMNS = (Column("endpoint", "Endpoint", "two", "240px"), *SIDES)
LOOKS = {
    "slower": ("blocked", "arrow-up"), "faster": ("good", "arrow-down"), "more errors": ("blocked", "arrow-up"),
    "fewer errors": ("good", "arrow-down"), "no change": ("", "dash-lg"), "not enough requests": ("", "clock"),
}  # fmt: skip


def content(context: PageContext) -> View:
    """The deploy that the address names; 404 when there is none."""
    number = context.names["number"]
    shown = _read(context.auth.api, number) if 0 < number < LARGEST else abort(404, "This deploy does not exist.")
    found = shown.found
    title = f"Deploy of {found.deploy.service} {found.deploy.version}" if found is not None else "Deploy"
    page = markup.page(
        "deploy",
        title,
        parts.notes(shown),
        *(_body(found) if found is not None else []),
        back=("Performance", f"{context.prefix}performance"),
        wide=True,
    )
    return View(page, title=title, every=EVERY)


def _read(client: HttpClient, number: int) -> Shown[DeployDetail]:
    wanted = Asked()
    try:
        answer = client.get(f"{ROUTE}/{number}")
        if answer.status == 404:
            abort(404, "This deploy does not exist.")
        if answer.status == 503:
            return Shown(wanted, away="PostgreSQL")
        if answer.status == 200:
            return Shown(wanted, msgspec.json.decode(answer.body, type=DeployDetail))
    except (HttpUnavailable, msgspec.MsgspecError):
        pass
    return Shown(wanted, away="the monitoring API")


def _body(found: DeployDetail) -> list[Any]:
    one = found.deploy
    rows = [_row(one, change) for change in found.endpoints]
    empty = NOTHING_BEFORE if _is_first(found) else _waits(found)
    empty = empty or "No endpoint had requests before or after this deploy."
    note = f"at most {format.percent(100 * found.alpha)} of deploys without a change have any endpoint named"
    return [
        html.Div(
            [*_chips(found), *_profiles(one)], className="d-flex flex-wrap align-items-center gap-2 mb-3", id="result"
        ),
        markup.sheet("facts", "Deploy", markup.pairs(_facts(found))),
        table("endpoints", "Endpoints before and after", COLUMNS, rows, empty, note=note),
    ]


def _is_first(found: DeployDetail) -> bool:
    """Whether nothing came before it: no version, and no request that has none."""
    return not found.deploy.before and not any(one.hits_before for one in found.endpoints)


def _chips(found: DeployDetail) -> list[html.Span]:
    """What the deploy did, in short."""
    one = found.deploy
    counts = (
        ("blocked", "arrow-up", one.slower, "slower"), ("blocked", "arrow-up", one.more_errors, "with more errors"),
        ("good", "arrow-down", one.faster, "faster"), ("good", "arrow-down", one.fewer_errors, "with fewer errors"),
    )  # fmt: skip
    named = [
        markup.chip(role, picture, f"{count} {'endpoint' if count == 1 else 'endpoints'} {words}")
        for role, picture, count, words in counts
        if count
    ]
    if named:
        return named
    if _is_first(found):
        return [markup.chip("", "flag", "First version that was seen")]
    if not one.looks:
        return [markup.chip("", "clock", "Not compared yet")]
    is_unknown = one.not_enough == one.endpoints
    return [
        markup.chip("", "clock", "Not enough requests") if is_unknown else markup.chip("good", "check-lg", "No change")
    ]


def _profiles(one: DeployRow) -> list[html.A]:
    """The way to what its functions do now, and did before."""
    if not (one.before and one.version):
        return []
    span = {"from": clock.iso(one.at - AROUND), "to": clock.iso(one.at + AROUND)}
    wanted = {"service": one.service, "version": one.version, "base_version": one.before, **span}
    return [markup.way("Compare profiles", f"{PREFIX}performance/profiler?{urlencode(wanted)}", "lightning-charge")]


def _facts(found: DeployDetail) -> dict[str, Any]:
    one = found.deploy
    known: dict[str, Any] = {
        "Service": one.service,
        "Version": one.version,
        "Previous version": one.before or "none: the first",
        "Time": f"{clock.to_datetime(one.at):%Y-%m-%d %H:%M:%S} UTC",
        "Source": f"announced by {one.actor}" if one.source == "reported" else "first request of this version",
        "Compared": _compared(found),
    }
    if one.revision:
        known["Revision"] = html.Span(one.revision, className="mono")
    if one.link:
        known["Link"] = html.A(one.link, href=one.link, rel="noreferrer noopener", target="_blank", className="link")
    return known


def _compared(found: DeployDetail) -> str:
    one, looks = found.deploy, found.looks
    waits = _waits(found)
    if _is_first(found):
        return "nothing to compare it with"
    if not one.looks or one.looked_at is None:
        return waits or "not compared"
    last = f"{looks[min(one.looks, len(looks)) - 1]} minutes after the deploy"
    return f"{last}, comparison {min(one.looks, len(looks))} of {len(looks)}{f'; {waits}' if waits else ''}"


def _waits(found: DeployDetail) -> str:
    """When the next comparison is; empty after the last."""
    one, looks = found.deploy, found.looks
    if one.looks >= len(looks):
        return ""
    at = clock.to_datetime(one.at) + timedelta(minutes=looks[one.looks])
    return f"next comparison at {at:%H:%M} UTC" if at.timestamp() + 300 > found.now else ""


def _row(one: DeployRow, change: EndpointChange) -> list[Any]:
    start, end = (clock.iso(one.at + seconds) for seconds in (-AROUND, AROUND))
    to = parts.address(one.service, change.route, change.method, Asked(start=start, end=end))
    return [f"{change.method} {change.route}", [change.route, change.method, to], *sides(change)]


def sides(change: EndpointChange) -> Sequence[Any]:
    """The cells of `SIDES`."""
    before, after = ((change.errors_before, change.hits_before), (change.errors_after, change.hits_after))
    return [
        _result(change, change.durations, _p_value(change.p_durations)), _ratio(change),
        parts.duration_cell(change.p50_before), parts.duration_cell(change.p50_after),
        parts.duration_cell(change.p95_before), parts.duration_cell(change.p95_after),
        _result(change, change.errors, _p_value(change.p_errors)), _rate(*before), _rate(*after), change.hits_before,
        change.hits_after,
    ]  # fmt: skip


def _result(change: EndpointChange, words: str, title: str) -> list[str]:
    """A result, or which side had no requests at all."""
    if not (change.hits_before and change.hits_after):
        return ["", "clock", "No requests after" if change.hits_before else "No requests before", ""]
    return state(words, title)


def state(words: str, title: str = "") -> list[str]:
    """A result as a cell."""
    return [*LOOKS[words], f"{words[:1].upper()}{words[1:]}", title]


def _ratio(change: EndpointChange) -> list[Any] | None:
    """By how much the typical duration changed, with its 95 % interval."""
    if change.ratio is None or change.ratio_low is None or change.ratio_high is None:
        return None
    low, high = (_percent(100 * (one - 1)) for one in (change.ratio_low, change.ratio_high))
    return [f"{_percent(100 * (change.ratio - 1))} % ({low} to {high})", change.ratio]


def _percent(value: float) -> str:
    return f"{value:+.0f}" if abs(value) >= 10 else f"{value:+.1f}"


def _rate(errors: int, hits: int) -> list[Any] | None:
    return [format.percent(100 * errors / hits) if errors else "0 %", errors / hits] if hits else None


def _p_value(p: float) -> str:
    return f"p = {p:.2g}" if p >= 1e-6 else "p < 1e-6"


PAGE = Page(
    name="performance_deploy",
    path="performance/deploys/<int:number>",
    title="Deploy",
    role="viewer",
    content=content,
    under="performance",
)
