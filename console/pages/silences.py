"""Silences: made with owner, reason and end, after a look at what they would mute; ended early; past ones listed."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.door import Door, address
from console.format import sentence
from console.pages.fragment import show_live
from core import clock
from core import silences as pure
from core.errors import BadInput
from core.events import Severity
from core.silences import Silence
from core.store import alert_reads, silences

LENGTHS = {
    "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "12h": "12 hours", "1d": "1 day",
    "7d": "7 days",
}  # fmt: skip
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
SEVERITIES = ("critical", "high", "medium", "low")
FIELDS = ("rule", "series", "severity", "length", "until", "owner", "reason")
LOOK_BACK = 86_400
MOST = 500
WARN_SECONDS = 900.0
DONE = {"made": "The silence is in force.", "ended": "The silence has ended; what still fires is told now."}


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>alerts/silences`, its preview, and making and ending one."""
    root = f"{door.prefix}alerts/silences"

    @server.get(root, endpoint="silences")
    def page() -> Response:
        return _page(door, typed=_typed(request.args))

    @server.post(root, endpoint="silence_create")
    def create() -> Response:
        typed = _typed(request.form)
        if request.form.get("do") == "preview":
            return _page(door, typed=typed, preview=_preview(door, typed))
        now = clock.now()
        try:
            ends = _ends(typed, now)
            with door.database.transaction() as connection:
                silences.create(
                    connection, door.audit, g.session.user, owner=typed["owner"], reason=typed["reason"],
                    starts_at=clock.to_datetime(now), ends_at=ends, now=now, rule=typed["rule"], series=typed["series"],
                    severity=typed["severity"] or None, ip=address(),
                )  # fmt: skip
        except BadInput as error:
            field = error.field.removeprefix("$.")
            wrong = {"until" if field == "ends_at" else field: sentence(error.reason)}
            return _page(door, 400, typed=typed, wrong=wrong)
        matched = " ".join(typed[name] for name in ("rule", "series", "severity") if typed[name]) or "everything"
        door.tell("medium", "silence-create", "success", f"{g.session.user} silenced {matched}", g.session.user)
        return make_response(redirect(f"{root}?done=made", 303))

    @server.post(f"{root}/<int:silence_id>/end", endpoint="silence_end")
    def end(silence_id: int) -> Response:
        try:
            with door.database.transaction() as connection:
                silences.end(connection, door.audit, silence_id, g.session.user, clock.now(), address())
        except BadInput as error:
            return _page(door, 409, gone=sentence(error.reason))
        return make_response(redirect(f"{root}?done=ended", 303))


def would_mute(matchers: Silence, fired: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `fired` (rule, series, severity …) that a silence is about, whenever they fired; pure."""
    return [one for one in fired if pure.concerns(matchers, one["rule"], one["series"], one["severity"])]


def _preview(door: Door, typed: dict[str, str]) -> dict[str, Any]:
    """What fires now and what fired in the last day of what the matchers mean."""
    now = clock.now()
    start = clock.to_datetime(now)
    severity: Severity | None = typed["severity"] or None  # type: ignore[assignment]
    matchers = Silence(0, typed["rule"], typed["series"], severity, "", "", start, start)
    with door.database.transaction() as connection:
        fired = alert_reads.of(connection, "fired_between", start=clock.to_datetime(now - LOOK_BACK), most=MOST)
        current = alert_reads.unresolved(connection)
        rules = alert_reads.rules(connection)
    open_now = [
        {name: getattr(one, name) for name in ("id", "rule", "series", "severity", "title", "opened_at", "resolved_at")}
        for one in current
    ]
    before = [one for one in would_mute(matchers, fired) if one["resolved_at"] is not None]
    return {
        "now": would_mute(matchers, open_now),
        "day": before,
        "rules": sum(pure.matches(typed["rule"], rule.id) and severity in (None, rule.severity) for rule in rules),
        "of": len(rules),
    }


def _page(door: Door, status: int = 200, typed: dict[str, str] | None = None, **values: Any) -> Response:
    now = clock.now()
    with door.database.transaction() as connection:
        current, past = silences.current(connection, now), silences.past(connection, now)
        rules = alert_reads.rules(connection)
    at = clock.to_datetime(now)
    typed = typed or _typed({})
    values = {"wrong": {}, "preview": None, "gone": "", **values}
    return show_live(
        door, "silences.html", "silences", status, now=at, current=current, past=past, rules=rules,
        ending=[one for one in current if (one.ends_at - at).total_seconds() < WARN_SECONDS], lengths=LENGTHS,
        severities=SEVERITIES, typed={**typed, "owner": typed["owner"] or g.session.user},
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip


def _typed(source: Any) -> dict[str, str]:
    found = {name: str(source.get(name, "")).replace("\0", "").strip()[:250] for name in FIELDS}
    return {**found, "length": found["length"] or "1h"}


def _ends(typed: dict[str, str], now: float) -> datetime:
    """When it ends: the moment that was given, else after the length."""
    if typed["until"]:
        try:
            found = datetime.fromisoformat(typed["until"])
        except ValueError:
            raise BadInput("$.until", "is no time; give it as YYYY-MM-DDTHH:MM, UTC") from None
        return found.replace(tzinfo=clock.to_datetime(now).tzinfo) if found.tzinfo is None else found
    if typed["length"] not in LENGTHS:
        raise BadInput("$.length", "choose one of the list")
    seconds = int(typed["length"][:-1]) * _SECONDS[typed["length"][-1]]
    return clock.to_datetime(now) + timedelta(seconds=seconds)
