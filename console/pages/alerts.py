"""The Alerts page: what fires, is pending or silenced, the rules, channels with test-send, actions, and the history."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.context import Door
from console.format import sentence
from console.pages import alert_view
from console.pages.alert_view import Overview
from console.pages.paging import page_of
from console.pages.partial_rendering import answers_inline, show_live
from core import clock
from core.alerting import alert_reads, channel_states, kill_switch, outbox
from core.alerting.alert_reads import Filter
from core.alerting.incident import Incident
from core.errors import BadInput
from core.web import download as downloads

PAGE = 50
TABS = ("firing", "pending", "silenced", "rules", "channels", "actions", "history")
FILTERS = ("rule", "severity", "status", "words", "from", "to")
CSV = (
    "id", "rule", "series", "kind", "severity", "status", "title", "summary", "value", "peak", "limit_value", "unit",
    "began_at", "opened_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "assignee",
    "correlation_id",
)  # fmt: skip
DONE = {
    "off": "Automatic actions are off.",
    "on": "Automatic actions are on.",
    "test": "The test message is on its way.",
    "resumed": "The channel is no longer paused; waiting messages are sent now.",
}


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>alerts`, its CSV, the test-send of a channel and the kill switch."""
    root = f"{door.prefix}alerts"

    @server.get(root, endpoint="alerts")
    def page() -> Response:
        return _page(door)

    @server.get(f"{root}.csv", endpoint="alerts_csv")
    def download() -> Response:
        wanted, _, _ = _filter()
        found = alert_reads.every_incident(door.database, wanted)
        rows = ([_cell(getattr(one, name)) for name in CSV] for one in found)
        return downloads.csv(CSV, rows, f"gatehouse-incidents-{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}.csv")

    @server.post(f"{root}/channels/<channel>/test", endpoint="channel_test")
    def test(channel: str) -> Response:
        try:
            with door.database.transaction() as connection:
                number = outbox.request_test(connection, door.audit, channel, g.session.user, clock.now())
        except BadInput as error:
            return _page(door, 404, "channels", wrong=f"{error.reason.capitalize()}.")
        return answers_inline(f"{root}?tab=channels&done=test", {"message": number})

    @server.post(f"{root}/channels/<channel>/resume", endpoint="channel_resume")
    def resume(channel: str) -> Response:
        try:
            with door.database.transaction() as connection:
                channel_states.resume(connection, door.audit, channel, g.session.user, clock.now())
        except BadInput as error:
            return _page(door, 409, "channels", wrong=sentence(error.reason))
        return answers_inline(f"{root}?tab=channels&done=resumed", {"channel": channel})

    @server.post(f"{root}/actions/switch", endpoint="actions_switch")
    def switch() -> Response:
        is_on, reason = request.form.get("to") == "on", request.form.get("reason", "")[:600]
        try:
            with door.database.transaction() as connection:
                kill_switch.throw(
                    connection, door.audit, kill_switch.ACTIONS, is_on, g.session.user, reason, clock.now()
                )
        except BadInput as error:
            return _page(door, 400, "actions", typed_reason=reason, wrong_reason=f"{error.reason.capitalize()}.")
        word = "on" if is_on else "off"
        door.tell("medium", "actions-switch", "success", f"{g.session.user} turned actions {word}", g.session.user)
        return make_response(redirect(f"{root}?tab=actions&done={word}", 303))


def _page(door: Door, status: int = 200, tab: str = "", **values: Any) -> Response:
    tab = tab or (request.args.get("tab", "") if request.args.get("tab") in TABS else TABS[0])
    now = clock.now()
    with door.database.transaction() as connection:
        seen = alert_view.gathered(connection, now)
        rest = _of_tab(connection, tab, now)
    query = {
        "tab": tab,
        **{name: request.args[name] for name in FILTERS if request.args.get(name) and tab == "history"},
        **({"page": page} if (page := request.args.get("page", "")[:8]).isdecimal() else {}),
    }
    values = {"wrong": "", "typed_reason": "", "wrong_reason": "", **values}
    return show_live(
        door, "alerts.html", "alerts", status, now=clock.to_datetime(now), tab=tab, query=query,
        tab_items=_tabs(door.prefix, seen), judged=seen.judged, judged_at=seen.judged_at, firing=seen.firing,
        pending=seen.pending, inhibited=seen.inhibited, silenced=seen.silenced, ending=seen.ending,
        silences_in_force=len(seen.in_force),
        rules=seen.rules, off=seen.off, announced=seen.announced, done=DONE.get(request.args.get("done", ""), ""),
        page_of=page_of, page=query.get("page", ""), **rest, **values,
    )  # fmt: skip


def _tabs(prefix: str, seen: Overview) -> list[dict[str, Any]]:
    counts = {
        "firing": len(seen.firing),
        "pending": len(seen.pending),
        "silenced": len(seen.silenced),
        "rules": sum(row.leads for row in seen.rules),
    }
    return [
        {
            "name": tab,
            "address": f"{prefix}alerts?{urlencode({'tab': tab})}",
            "words": tab.capitalize(),
            "count": counts.get(tab),
            "hot": tab == "firing" and bool(seen.firing),
        }
        for tab in TABS
    ]


def _of_tab(connection: Any, tab: str, now: float) -> dict[str, Any]:
    """What only one tab shows."""
    if tab == "channels":
        return {"channels": alert_view.channels(connection, clock.to_datetime(now - 86_400), clock.to_datetime(now))}
    if tab == "actions":
        return {"runs": alert_reads.of(connection, "runs_open", most=100)}
    if tab != "history":
        return {}
    wanted, typed, wrong = _filter()
    found = alert_reads.incidents(connection, wanted, _below(), PAGE + 1)
    return {
        "history": found[:PAGE],
        "typed": typed,
        "filter_wrong": wrong,
        "filters": {name: value for name, value in typed.items() if value},
        "known_rules": sorted({rule.id for rule in alert_reads.rules(connection)} | {one.rule for one in found}),
        "older": _mark(found[PAGE - 1]) if len(found) > PAGE else None,
    }


def _mark(one: Incident) -> str:
    return f"{one.opened_at.isoformat()}~{one.id}"


def _below() -> tuple[datetime, str] | None:
    at, _, name = request.args.get("below", "").partition("~")
    try:
        return (clock.moment(at.replace(" ", "+")), name[:200]) if name else None
    except ValueError:
        return None


def _filter() -> tuple[Filter, dict[str, str], dict[str, str]]:
    """What the address asks for, as typed, and what is wrong with it by field; dates are whole days, UTC."""
    typed = {name: request.args.get(name, "").replace("\0", "").strip()[:200] for name in FILTERS}
    wrong: dict[str, str] = {}
    start, end = _day("from", typed, wrong), _day("to", typed, wrong)
    severity = typed["severity"] if typed["severity"] in ("critical", "high", "medium", "low") else ""
    status = typed["status"] if typed["status"] in ("open", "acknowledged", "resolved") else ""
    return (
        Filter(
            rule=typed["rule"] or None,
            severity=severity or None,
            status=status or None,
            words=typed["words"] or None,
            start=start,
            end=end + timedelta(days=1) if end else None,
        ),
        typed,
        wrong,
    )


def _day(name: str, typed: dict[str, str], wrong: dict[str, str]) -> datetime | None:
    try:
        return clock.day(typed[name]) if typed[name] else None
    except ValueError:
        wrong[name] = "Give a day as YYYY-MM-DD."
        return None


def _cell(value: Any) -> Any:
    return clock.iso(value.timestamp()) if isinstance(value, datetime) else value
