"""Drift reports (L7): kept ones listed, one read, two compared, taken home, and a new one asked for."""

from typing import Any

import msgspec
from flask import Flask, Response, g, make_response, redirect, request

from console import format, training_reads
from console.auth.context import Door
from console.pages import sandbox
from console.pages.lookup import kept
from console.pages.partial_rendering import show_live
from console.pages.status_style import Look
from core import clock, codec
from core.models import drift_reports, drift_requests
from core.models.drift import changes, page, style
from core.models.drift.report import Report
from core.models.drift_requests import Wanted

SPANS = {"1": "24 hours", "7": "7 days", "14": "14 days", "30": "30 days"}
LISTED, LONGEST, DAY = 50, 366, 86_400.0
VERDICTS = {
    "ok": Look("good", "check-circle-fill", "OK"),
    "watch": Look("review", "exclamation-triangle-fill", "Watch"),
    "retrain": Look("blocked", "exclamation-octagon-fill", "Retrain"),
    "insufficient": Look("", "question-circle", "Not enough data"),
}
FIELDS = ("span", "from", "to", "version", "threshold")


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>model/drift` and what is below it."""
    root = f"{door.prefix}model/drift"

    @server.get(root, endpoint="model_drift")
    def listing() -> Response:
        return _list(door)

    @server.post(root, endpoint="drift_request")
    def ask() -> Response:
        typed = {name: request.form.get(name, "").replace("\0", "").strip()[:40] for name in FIELDS}
        wrong: dict[str, str] = {}
        wanted = wanted_of(
            typed, clock.now(), {str(one.version) for one in training_reads.versions(door.database)}, wrong
        )
        if wanted is None or wrong:
            return _list(door, 400, typed, wrong)
        with door.database.transaction() as connection:
            drift_requests.request(connection, door.audit, wanted, g.session.user)
        return make_response(redirect(f"{root}?done=asked", 303))

    @server.get(f"{root}/<int:number>", endpoint="drift_report")
    def one(number: int) -> Response:
        report = _one(door, number)
        return show_live(
            door, "drift_report.html", "model", number=number, content=page.content(report), rules=style.RULES,
            verdict=VERDICTS[report.verdict], earlier=_before(door, number),
        )  # fmt: skip

    @server.get(f"{root}/compare", endpoint="drift_compare")
    def compare() -> Response:
        return _compare(door)

    @server.get(f"{root}/<int:number>.html", endpoint="drift_html")
    def html(number: int) -> Response:
        name = f"gatehouse-drift-{number}.html"
        return sandbox.download(page.page(_one(door, number)), "text/html; charset=utf-8", name)

    @server.get(f"{root}/<int:number>.json", endpoint="drift_json")
    def document(number: int) -> Response:
        body = codec.encode(msgspec.to_builtins(_one(door, number)))
        return sandbox.download(body, "application/json", f"gatehouse-drift-{number}.json")


def wanted_of(typed: dict[str, str], now: float, versions: set[str], wrong: dict[str, str]) -> Wanted | None:
    """What a form asks for; what is wrong goes to `wrong` by field. Pure."""
    start, end = _bounds(typed, now, wrong)
    version = typed["version"]
    if version and version not in versions:
        wrong["version"] = "There is no such model."
    threshold = None
    if typed["threshold"]:
        try:
            threshold = float(typed["threshold"].replace(",", ".").rstrip(" %")) / 100
        except ValueError:
            threshold = -1.0
        if not 0 <= threshold <= 1:
            wrong["threshold"] = "Give a share between 0 and 100 %."
    return None if wrong else Wanted(start, end, int(version) if version else None, threshold)


def _bounds(typed: dict[str, str], now: float, wrong: dict[str, str]) -> tuple[float, float]:
    if not typed["from"] and not typed["to"]:
        if typed["span"] not in SPANS:
            wrong["span"] = "Choose one of the list."
            return now, now
        return now - int(typed["span"]) * DAY, now
    found = {name: _moment(typed[name]) for name in ("from", "to")}
    for name, value in found.items():
        if value is None:
            wrong[name] = "Give both ends as YYYY-MM-DDTHH:MM, UTC."
    start, end = (value or now for value in found.values())
    if not wrong and not start < end:
        wrong["to"] = "It must be later than from."
    elif not wrong and end - start > LONGEST * DAY:
        wrong["from"] = f"The span may be at most {LONGEST} days."
    return start, end


def _moment(text: str) -> float | None:
    try:
        return clock.moment(text).timestamp()
    except ValueError:
        return None


def _list(
    door: Door, status: int = 200, typed: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> Response:
    with door.database.transaction() as connection:
        requests = drift_requests.newest(connection)
    below = request.args.get("below", "")
    reports = drift_reports.listed(door.database, int(below) if below.isdecimal() and len(below) < 19 else None, LISTED)
    return show_live(
        door, "drift.html", "model", status, now=clock.to_datetime(clock.now()), reports=reports,
        open=[one for one in requests if one.state in ("queued", "running")],
        failed=[one for one in requests if one.state == "failed"][:3],
        versions=training_reads.versions(door.database), verdicts=VERDICTS, spans=SPANS, listed=LISTED,
        typed=typed or {"span": "7"}, wrong=wrong or {}, query=f"below={below}" if below else "",
        done="A training worker makes it; it is listed below by itself." if request.args.get("done") == "asked" else "",
    )  # fmt: skip


def _one(door: Door, number: int) -> Report:
    return kept(door.database, drift_reports.load, number, "There is no such drift report.")


def _before(door: Door, number: int) -> int | None:
    """The report before this one, to compare with."""
    found = drift_reports.listed(door.database, number, 1)
    return int(found[0]["id"]) if found else None


def _compare(door: Door) -> Response:
    reports = drift_reports.listed(door.database, None, drift_reports.MOST)
    chosen = [request.args.get(name, "") for name in ("first", "second")]
    found: list[Report | None] = []
    for text in chosen:
        number = int(text) if text.isdecimal() and len(text) < 19 else 0
        found.append(drift_reports.load(door.database, number) if number else None)
    first, second = found
    both: Any = changes.between(first, second) if first is not None and second is not None else None
    return show_live(
        door, "drift_compare.html", "model", reports=reports, chosen=chosen, both=both, first=first, second=second,
        verdicts=VERDICTS, number=format.number, missing=_missing(chosen, found),
    )  # fmt: skip


def _missing(chosen: list[str], found: list[Report | None]) -> str:
    gone = [text for text, report in zip(chosen, found, strict=True) if text and report is None]
    return f"There is no drift report {gone[0][:20]}." if gone else "Choose two reports."
