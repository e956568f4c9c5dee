"""Backtests (A13): choose a rule and a span, try another threshold beside it, see both; a worker runs them."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, g, make_response, redirect, request

from console.auth.context import Door
from console.figures import backtest as figure
from console.figures.template import template
from console.format import sentence
from console.pages.partial_rendering import show_live
from core import bounded_process, clock, codec
from core.alerting import alert_reads, backtests, rule_metadata
from core.alerting.alert_reads import Rule
from core.config import UploadsConfig
from core.errors import BadInput
from core.tabular import series as series_file
from core.web import download as downloads

SPANS = {"6h": "6 hours", "24h": "24 hours", "3d": "3 days", "7d": "7 days", "30d": "30 days"}
_HOURS = {"h": 1, "d": 24}
LONGEST = timedelta(days=31)
FIELDS = ("rule", "span", "from", "to", "limit", "hold", "time", "value", "by", "combine", "unit")
NEWEST = 30


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>alerts/backtests`, asking for one, its page and its CSV."""
    root = f"{door.prefix}alerts/backtests"

    @server.get(root, endpoint="backtests")
    def page() -> Response:
        return _list(door, typed=_typed(request.args))

    @server.post(root, endpoint="backtest_request")
    def ask() -> Response:
        typed = _typed(request.form)
        now = clock.now()
        try:
            series = _series(typed, request.files.get("file"), door.settings.config.uploads)
            with door.database.transaction() as connection:
                rules = {rule.id: rule for rule in alert_reads.rules(connection)}
                spec = spec_of(typed, rules, series, now)
                number = backtests.request(connection, door.audit, spec, g.session.user, now)
        except BadInput as error:
            wrong = {error.field.removeprefix("$."): sentence(error.reason)}
            return _list(door, 400, typed=typed, wrong=wrong)
        return make_response(redirect(f"{root}/{number}", 303))

    @server.get(f"{root}/<int:number>", endpoint="backtest")
    def one(number: int) -> Response:
        found = _one(door, number)
        chart = ""
        if found.result:
            chart = codec.encode(figure.draw(found.result)).decode()
        return show_live(
            door, "backtest.html", "backtests", now=clock.to_datetime(clock.now()), one=found, result=found.result,
            chart=chart, plotly_template=codec.encode(template()).decode(), at=clock.to_datetime,
            settled=found.state in ("done", "failed"), lasting=_lasting,
        )  # fmt: skip

    @server.get(f"{root}/<int:number>.csv", endpoint="backtest_csv")
    def download(number: int) -> Response:
        found = _one(door, number)
        names = ("variant", "series", "began", "fired", "resolved", "peak")
        rows = _firings(found.result or {"variants": []})
        return downloads.csv(names, rows, f"gatehouse-backtest-{number}.csv")


def spec_of(typed: dict[str, str], rules: dict[str, Rule], series: dict[str, Any] | None, now: float) -> dict[str, Any]:
    """The spec that the worker runs. Raises BadInput naming the field."""
    if typed["rule"] not in rules:
        raise BadInput("$.rule", "choose a rule")
    variants: list[dict[str, Any]] = [{"name": "as configured", "set": {}}]
    changed = _changes(typed, rules[typed["rule"]])
    if changed:
        variants.append({"name": "tried", "set": changed})
    if series is not None:
        return {"rule": typed["rule"], "variants": variants, "series": series}
    start, end = _bounds(typed, now)
    return {"rule": typed["rule"], "from": start, "to": end, "variants": variants}


def _series(typed: dict[str, str], file: Any, limits: UploadsConfig) -> dict[str, Any] | None:
    """The series of a file that came with the form, read in a process of its own; None without one."""
    if file is None or not file.filename:
        return None
    name = file.filename[:100]
    found = bounded_process.call(
        series_file.parse, file.read(limits.series_bytes + 1), f"the file {name}", typed["time"], typed["value"],
        limits.series_bytes, limits.series_points, typed["by"], typed["combine"],
        bounds=bounded_process.reading(limits), what="$.file",
    )  # fmt: skip
    series = {"name": name, "unit": typed["unit"][:20]}
    return {**series, "parts": found} if typed["by"] else {**series, "points": found[""]}


def _changes(typed: dict[str, str], rule: Rule) -> dict[str, Any]:
    """What the second variant sets otherwise."""
    changed: dict[str, Any] = {}
    if typed["limit"]:
        limits = rule_metadata.limits(rule.definition)
        if not limits:
            raise BadInput("$.limit", f"{rule.title} has no limit to change")
        try:
            changed["above" if limits[0][0] == ">" else "below"] = float(typed["limit"].replace(",", "."))
        except ValueError:
            raise BadInput("$.limit", "must be a number") from None
    if typed["hold"]:
        if not typed["hold"].rstrip("smhd").replace(".", "", 1).isdigit():
            raise BadInput("$.hold", "must be a length of time such as 90s, 10m or 2h")
        changed["for"] = typed["hold"] if not typed["hold"].isdigit() else f"{typed['hold']}s"
    return changed


def _bounds(typed: dict[str, str], now: float) -> tuple[float, float]:
    if typed["from"] or typed["to"]:
        start, end = _moment("from", typed), _moment("to", typed)
        if not start < end:
            raise BadInput("$.to", "must be later than from")
        if end - start > LONGEST:
            raise BadInput("$.from", f"the span may be at most {LONGEST.days} days")
        return start.timestamp(), end.timestamp()
    if typed["span"] not in SPANS:
        raise BadInput("$.span", "choose one of the list")
    return now - 3600 * int(typed["span"][:-1]) * _HOURS[typed["span"][-1]], now


def _moment(name: str, typed: dict[str, str]) -> datetime:
    try:
        return clock.moment(typed[name])
    except ValueError:
        raise BadInput(f"$.{name}", "give both ends as YYYY-MM-DDTHH:MM, UTC") from None


def _typed(source: Any) -> dict[str, str]:
    found = {name: str(source.get(name, "")).replace("\0", "").strip()[:100] for name in FIELDS}
    return {
        **found,
        "span": found["span"] or "24h",
        "time": found["time"] or "timestamp",
        "value": found["value"] or "value",
    }


def _list(door: Door, status: int = 200, typed: dict[str, str] | None = None, **values: Any) -> Response:
    with door.database.transaction() as connection:
        newest = backtests.newest(connection, NEWEST)
        rules = alert_reads.rules(connection)
    values = {"wrong": {}, **values}
    return show_live(
        door, "backtests.html", "backtests", status, now=clock.to_datetime(clock.now()), newest=newest, rules=rules,
        spans=SPANS, typed=typed, limits={rule.id: _limit(rule) for rule in rules}, lasting=_lasting,
        megabytes=door.settings.config.uploads.series_bytes // 1024**2, combined=list(series_file.COMBINED), **values,
    )  # fmt: skip


def _limit(rule: Rule) -> str:
    unit = rule_metadata.unit(rule.definition)
    return " or ".join(f"{sign} {value:g} {unit}".strip() for sign, value in rule_metadata.limits(rule.definition))


def _one(door: Door, number: int) -> backtests.Backtest:
    try:
        with door.database.transaction() as connection:
            return backtests.get(connection, number)
    except BadInput:
        abort(404, "There is no such backtest.")


def _lasting(spec: dict[str, Any]) -> str:
    """What a backtest looks at, in a few words."""
    if spec.get("series"):
        return f"file {spec['series']['name']}"
    if not spec.get("to"):
        return "a file"
    start, end = clock.to_datetime(spec["from"]), clock.to_datetime(spec["to"])
    return f"{start:%m-%d %H:%M} to {end:%m-%d %H:%M}"


def _firings(result: dict[str, Any]) -> list[list[Any]]:
    return [
        [variant["name"], one["series"], *(_iso(one[name]) for name in ("began", "start", "end")), one["peak"]]
        for variant in result["variants"]
        for one in variant["firings"]
    ]


def _iso(at: float | None) -> str:
    return "" if at is None else clock.iso(at)
