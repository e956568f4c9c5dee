"""Silences of people (A12): made with owner, reason and end; ended early; every change audited in its transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from core.alerting import silences
from core.alerting.silences import Silence
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.errors import BadInput

EPOCH = datetime.fromtimestamp(0, UTC)
LONGEST = timedelta(days=30)
TEXT = 200
LONGEST_SERIES = 4000


class MatchesNothing(BadInput):
    """No series, incident or rule that is known now is meant; it is made only when a person insists."""

    def __init__(self) -> None:
        super().__init__("$.confirm", "this matches no known rule, series or open incident")


class Subject(NamedTuple):
    """What a silence can be about; `series` is None for a rule as a whole."""

    rule: str
    series: str | None
    severity: str


def create(
    connection: Connection,
    audit: Audit,
    actor: str,
    *,
    owner: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    now: float,
    rule: str = "",
    series: str = "",
    severity: str | None = None,
    pattern: bool = False,
    only: bool = False,
    confirmed: bool = False,
    ip: str | None = None,
) -> Silence:
    """A new silence. Raises BadInput naming the field, MatchesNothing unless `confirmed`; 30 days at most.

    Rule and series are exact, '' means any; with `pattern` they may end in `*`; with `only` '' is a series too.
    """
    _check_words(owner, reason)
    _check_matchers(rule, series, severity, pattern)
    if ends_at <= max(starts_at, to_datetime(now)):
        raise BadInput("$.ends_at", "must be in the future and after the start")
    if ends_at - starts_at > LONGEST:
        raise BadInput("$.ends_at", f"may be at most {LONGEST.days} days after the start")
    wanted = matchers(rule, series, severity, pattern, only)
    known = subjects(connection)
    if wanted.exact_rule and all(one.rule != rule for one in known):
        hint = "; choose “pattern” to use * as a wildcard" if rule.endswith("*") else ""
        raise BadInput("$.rule", f"there is no rule {rule!r}{hint}")
    if not confirmed and not any(is_about(wanted, one) for one in known):
        raise MatchesNothing
    values = {
        "rule": rule,
        "series": series,
        "severity": severity,
        "owner": owner.strip(),
        "reason": reason.strip(),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "created_at": to_datetime(now),
        "exact_rule": wanted.exact_rule,
        "exact_series": wanted.exact_series,
    }
    row = connection.execute(query("silences.insert"), values).mappings().one()
    made = _silence(dict(row))
    audit.append(connection, actor, "silence.create", f"silence:{made.id}", None, values, ip)
    return made


def matchers(rule: str, series: str, severity: str | None, pattern: bool, only: bool) -> Silence:
    """What a silence with these words would be about; its other fields are empty."""
    return Silence(
        0,
        rule,
        series,
        severity,  # type: ignore[arg-type]
        "",
        "",
        EPOCH,
        EPOCH,
        exact_rule=bool(rule) and not pattern,
        exact_series=only or (bool(series) and not pattern),
    )


def subjects(connection: Connection) -> list[Subject]:
    """Everything that a silence can be about now."""
    return [Subject(*row) for row in connection.execute(query("silences.subjects"))]


def is_about(wanted: Silence, one: Subject) -> bool:
    """True when the silence mutes it; a rule as a whole only when the series does not matter."""
    if one.series is None:
        return silences.means_every_series(wanted) and silences.concerns_rule(wanted, one.rule, one.severity)
    return silences.concerns(wanted, one.rule, one.series, one.severity)


def _check_words(owner: str, reason: str) -> None:
    for name, text in (("owner", owner), ("reason", reason)):
        if not text.strip():
            raise BadInput(f"$.{name}", "is required")
        if len(text) > TEXT or not text.isprintable():
            raise BadInput(f"$.{name}", f"can have at most {TEXT} printable characters")


def _check_matchers(rule: str, series: str, severity: str | None, pattern: bool) -> None:
    for name, text, longest in (("rule", rule, TEXT), ("series", series, LONGEST_SERIES)):
        if len(text) > longest:
            raise BadInput(f"$.{name}", f"can have at most {longest:,} characters")
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise BadInput(f"$.{name}", "has a character that is not allowed in names")
        if pattern and "*" in text[:-1]:
            raise BadInput(f"$.{name}", "may have * only at the end")
    if severity not in (None, "critical", "high", "medium", "low"):
        raise BadInput("$.severity", "must be critical, high, medium or low")


def end(
    connection: Connection, audit: Audit, silence_id: int, actor: str, now: float, ip: str | None = None
) -> Silence:
    """End a silence now. Raises BadInput when it has ended, or never was."""
    values = {"id": silence_id, "actor": actor, "now": to_datetime(now)}
    row = connection.execute(query("silences.end"), values).mappings().one_or_none()
    if row is None:
        raise BadInput("$.id", "this silence is neither active nor scheduled")
    audit.append(connection, actor, "silence.end", f"silence:{silence_id}", {"ends_at": row["was"]}, None, ip)
    return _silence({name: value for name, value in dict(row).items() if name != "was"})


def in_force(connection: Connection, now: float) -> list[Silence]:
    """The silences that mute at `now`."""
    found = connection.execute(query("silences.in_force"), {"at": to_datetime(now)}).mappings()
    return [_silence(dict(row)) for row in found]


def current(connection: Connection, now: float) -> list[Silence]:
    """Silences in force and to come, the next to end first."""
    found = connection.execute(query("silences.current"), {"now": to_datetime(now)}).mappings()
    return [_silence(dict(row)) for row in found]


def past(connection: Connection, now: float, most: int = 50) -> list[Silence]:
    """Silences that have ended, newest first."""
    found = connection.execute(query("silences.past"), {"now": to_datetime(now), "most": most}).mappings()
    return [_silence(dict(row)) for row in found]


def _silence(row: dict[str, Any]) -> Silence:
    return Silence(**row)
