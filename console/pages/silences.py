"""Silences: made with owner, reason and end, after a look at what they would mute; ended early; past ones listed."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.audited import address
from console.auth.context import Door
from console.format import sentence
from console.pages.partial_rendering import show_live
from core import clock
from core.alerting import alert_reads, silence_store
from core.alerting import silences as pure
from core.alerting.silences import Silence
from core.errors import BadInput
from core.untrusted_text import spelled

LENGTHS = {
    "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "12h": "12 hours", "1d": "1 day",
    "7d": "7 days",
}  # fmt: skip
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
SEVERITIES = ("critical", "high", "medium", "low")
FIELDS = ("rule", "severity", "length", "until", "owner", "reason", "match", "confirm")
MATCHES = {"exact": "exactly these", "pattern": "a pattern: * at the end stands for any ending"}
LOOK_BACK = 86_400
LONGEST = 20_000  # characters of a field that are looked at
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
            matchers = _matchers(typed)
            with door.database.transaction() as connection:
                silence_store.create(
                    connection, door.audit, g.session.user, owner=typed["owner"], reason=typed["reason"],
                    starts_at=clock.to_datetime(now), ends_at=ends, now=now, **matchers,
                    confirmed=typed["confirm"] == _token(typed), ip=address(),
                )  # fmt: skip
        except BadInput as error:
            field = error.field.removeprefix("$.")
            wrong = {"until" if field == "ends_at" else field: sentence(error.reason)}
            return _page(door, 400, typed=typed, wrong=wrong)
        words = (matchers["rule"], spelled(matchers["series"]), typed["severity"])
        matched = " ".join(word for word in words if word) or "everything"
        door.tell("medium", "silence-create", "success", f"{g.session.user} silenced {matched}", g.session.user)
        return make_response(redirect(f"{root}?done=made", 303))

    @server.post(f"{root}/<int:silence_id>/end", endpoint="silence_end")
    def end(silence_id: int) -> Response:
        try:
            with door.database.transaction() as connection:
                silence_store.end(connection, door.audit, silence_id, g.session.user, clock.now(), address())
        except BadInput as error:
            return _page(door, 409, gone=sentence(error.reason))
        return make_response(redirect(f"{root}?done=ended", 303))


def would_mute(matchers: Silence, fired: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `fired` (rule, series, severity …) that a silence is about, whenever they fired; pure."""
    return [one for one in fired if pure.concerns(matchers, one["rule"], one["series"], one["severity"])]


def _preview(door: Door, typed: dict[str, str]) -> dict[str, Any]:
    """What fires now and what fired in the last day of what the matchers mean."""
    now = clock.now()
    matchers = silence_store.matchers(**_matchers(typed))
    with door.database.transaction() as connection:
        fired = alert_reads.of(connection, "fired_between", start=clock.to_datetime(now - LOOK_BACK), most=None)
        current = alert_reads.unresolved(connection)
        rules = alert_reads.rules(connection)
        known = silence_store.subjects(connection)
    open_now = [
        {name: getattr(one, name) for name in ("id", "rule", "series", "severity", "title", "opened_at", "resolved_at")}
        for one in current
    ]
    before = [one for one in would_mute(matchers, fired) if one["resolved_at"] is not None]
    return {
        "now": would_mute(matchers, open_now),
        "day": before,
        "rules": sum(pure.concerns_rule(matchers, rule.id, rule.severity) for rule in rules),
        "of": len(rules),
        "nothing": not any(silence_store.is_about(matchers, one) for one in known),
    }


def _page(door: Door, status: int = 200, typed: dict[str, str] | None = None, **values: Any) -> Response:
    now = clock.now()
    with door.database.transaction() as connection:
        current, past = silence_store.current(connection, now), silence_store.past(connection, now)
        rules = alert_reads.rules(connection)
    at = clock.to_datetime(now)
    typed = typed or _typed({})
    values = {"wrong": {}, "preview": None, "gone": "", **values}
    return show_live(
        door, "silences.html", "silences", status, now=at, current=current, past=past, rules=rules,
        ending=[one for one in current if (one.ends_at - at).total_seconds() < WARN_SECONDS], lengths=LENGTHS,
        severities=SEVERITIES, typed={**typed, "owner": typed["owner"] or g.session.user}, ways=MATCHES,
        token=_token(typed), only=_only(typed), spelled=spelled,
        done=DONE.get(request.args.get("done", ""), ""), **values,
    )  # fmt: skip


def _typed(source: Any) -> dict[str, str]:
    found = {name: str(source.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    exact = {name: str(source.get(name, ""))[:LONGEST] for name in ("series", "only")}
    way = found["match"] if found["match"] in MATCHES else "exact"
    return {**found, **exact, "match": way, "length": found["length"] or "1h"}


def _only(typed: dict[str, str]) -> str | None:
    """The one series that a Silence button means, the empty one too: `=` and its name in percent-encoding, which no
    form, address or browser changes. None when a person types what to match.
    """
    return unquote(typed["only"][1:]) if typed["only"].startswith("=") else None


def _matchers(typed: dict[str, str]) -> dict[str, Any]:
    """What the form asks to match, as `core.alerting.silence_store` takes it."""
    only = _only(typed)
    return {
        "rule": typed["rule"],
        "series": typed["series"] if only is None else only,
        "severity": typed["severity"] or None,
        "pattern": typed["match"] == "pattern" and only is None,
        "only": only is not None,
    }


def _token(typed: dict[str, str]) -> str:
    """Stands for the matchers, so that a confirmation counts for no others."""
    return quote("/".join(str(value) for value in _matchers(typed).values()), errors="replace")[:LONGEST]


def _ends(typed: dict[str, str], now: float) -> datetime:
    """When it ends: the moment that was given, else after the length."""
    if typed["until"]:
        try:
            return clock.moment(typed["until"])
        except ValueError:
            raise BadInput("$.until", "is no time; give it as YYYY-MM-DDTHH:MM, UTC") from None
    if typed["length"] not in LENGTHS:
        raise BadInput("$.length", "choose one of the list")
    seconds = int(typed["length"][:-1]) * _SECONDS[typed["length"][-1]]
    return clock.to_datetime(now) + timedelta(seconds=seconds)
