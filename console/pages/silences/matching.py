"""What a silence is about: the form's fields as matchers, and what they would mute."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from core import clock
from core.alerting import alert_reads, silence_store
from core.alerting import silences as pure
from core.alerting.silences import Silence
from core.db.engine import Database
from core.errors import BadInput

LENGTHS = {
    "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours", "4h": "4 hours", "12h": "12 hours", "1d": "1 day",
    "7d": "7 days",
}  # fmt: skip
FIELDS = ("rule", "severity", "length", "until", "owner", "reason", "match")
MATCHES = {"exact": "exact", "pattern": "pattern: trailing * is a wildcard"}
LOOK_BACK = 86_400
LONGEST = 20_000  # characters of a field that are looked at
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}


class Preview(NamedTuple):
    """What matchers would mute: what fires `now`, what fired in the last `day`, and how many of the rules it is about.

    `nothing`: it matches no rule, series or open incident that is known.
    """

    now: list[dict[str, Any]]
    day: list[dict[str, Any]]
    rules: int
    of: int
    nothing: bool


def would_mute(matchers: Silence, fired: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `fired` (rule, series, severity …) that a silence is about, whenever they fired; pure."""
    return [one for one in fired if pure.concerns(matchers, one["rule"], one["series"], one["severity"])]


def preview(database: Database, typed: dict[str, str]) -> Preview:
    """What fires now and what fired in the last day of what the matchers mean."""
    now = clock.now()
    matchers = silence_store.matchers(**matchers_of(typed))
    with database.transaction() as connection:
        fired = alert_reads.of(connection, "fired_between", start=clock.to_datetime(now - LOOK_BACK), most=None)
        current = alert_reads.unresolved(connection)
        rules = alert_reads.rules(connection)
        known = silence_store.subjects(connection)
    open_now = [
        {name: getattr(one, name) for name in ("id", "rule", "series", "severity", "title", "opened_at", "resolved_at")}
        for one in current
    ]
    before = [one for one in would_mute(matchers, fired) if one["resolved_at"] is not None]
    return Preview(
        would_mute(matchers, open_now),
        before,
        sum(pure.concerns_rule(matchers, rule.id, rule.severity) for rule in rules),
        len(rules),
        not any(silence_store.is_about(matchers, one) for one in known),
    )


def typed_in(source: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form, as they were typed."""
    found = {name: str(source.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    exact = {name: str(source.get(name, ""))[:LONGEST] for name in ("series", "only")}
    way = found["match"] if found["match"] in MATCHES else "exact"
    return {**found, **exact, "match": way, "length": found["length"] or "1h"}


def only_of(typed: dict[str, str]) -> str | None:
    """The one series that a Silence button means, the empty one too: `=` and its name in percent-encoding, which no
    form, address or browser changes. None when a person types what to match.
    """
    return unquote(typed["only"][1:]) if typed["only"].startswith("=") else None


def matchers_of(typed: dict[str, str]) -> dict[str, Any]:
    """What the form asks to match, as `core.alerting.silence_store` takes it."""
    only = only_of(typed)
    return {
        "rule": typed["rule"],
        "series": typed["series"] if only is None else only,
        "severity": typed["severity"] or None,
        "pattern": typed["match"] == "pattern" and only is None,
        "only": only is not None,
    }


def token_of(typed: dict[str, str]) -> str:
    """Stands for the matchers, so that a confirmation counts for no others."""
    return quote("/".join(str(value) for value in matchers_of(typed).values()), errors="replace")[:LONGEST]


def ends_of(typed: dict[str, str], now: float) -> datetime:
    """When it ends: the moment that was given, else after the length."""
    if typed["until"]:
        try:
            return clock.moment(typed["until"])
        except ValueError:
            raise BadInput("$.until", "is not a time; enter it as YYYY-MM-DDTHH:MM, UTC") from None
    if typed["length"] not in LENGTHS:
        raise BadInput("$.length", "choose an option from the list")
    seconds = int(typed["length"][:-1]) * _SECONDS[typed["length"][-1]]
    return clock.to_datetime(now) + timedelta(seconds=seconds)
