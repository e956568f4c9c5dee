"""Reads what a brief is made of. Functions take a connection and raise DatabaseUnavailable."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core import calendars, codec
from core.alerting import evaluation_log
from core.alerting.brief.facts import Change, Earlier, Facts, Slice, Step, Total
from core.alerting.brief.sentences import address
from core.alerting.incident import Incident
from core.clock import to_datetime
from core.config import Calendar
from core.db.engine import Connection
from core.db.queries import query

BEFORE = 1800.0  # seconds before an incident in which a change may have to do with it
HOUR = 3600.0
SYMPTOMS = frozenset({"service", "action", "incident"})
SHORTEST, LONGEST = 300.0, 86_400.0  # seconds of an incident whose totals say something
MOST_CHANGES, MOST_STEPS, MOST_VALUES = 20, 4, 1000
TOTALS = (
    ("Revenue", "revenue_cents", "USD", 0.01),
    ("Blocked", "blocked", "transactions", 1.0),
    ("Server errors", "errors", "requests", 1.0),
)


def facts(
    connection: Connection,
    one: Incident,
    definition: Mapping[str, Any],
    windows: Mapping[str, Calendar],
    now: float,
) -> Facts:
    """Everything that is known of an incident; `windows` are the calendars of windows.toml."""
    began = one.began_at.timestamp()
    return Facts(
        one,
        now,
        definition,
        _values_before(connection, one, began),
        _slices(connection, one),
        _totals(connection, one, began, now),
        [*_changes(connection, one, began), *_calendars(windows, began)],
        _earlier(connection, one),
    )


def _values_before(connection: Connection, one: Incident, began: float) -> list[float]:
    found = evaluation_log.values(connection, one.rule, one.series, began - HOUR, began, MOST_VALUES)
    return [value for _, value in found if value is not None]


def _slices(connection: Connection, one: Incident) -> list[Slice]:
    """Where the status detector found it, else where an action did."""
    if found := one.details.get("where"):
        page = f"statuses/{one.details.get('episode', '')}"
        return [_slice(part, 100.0, page) for part in found if isinstance(part, Mapping)]
    row = connection.execute(query("brief.located"), {"id": one.id}).one_or_none()
    if row is None:
        return []
    page = f"{address(one.id)}#run-{row.run_id}"
    try:
        parts = codec.decode(bytes(row.body))
    except (msgspec.DecodeError, ValueError):
        return []
    return [_slice({**part, "now": part.get("during")}, 1.0, page) for part in parts]


def _slice(part: Mapping[str, Any], whole: float, page: str) -> Slice:
    before, now = (None if part.get(name) is None else float(part[name]) / whole for name in ("before", "now"))
    return Slice(", ".join(f"{name} {value}" for name, value in part["where"].items()), before, now, page)


def _totals(connection: Connection, one: Incident, began: float, now: float) -> list[Total]:
    end = one.resolved_at.timestamp() if one.resolved_at else now
    start, end = began // 60 * 60, min(end, began + LONGEST) // 60 * 60
    if end - start < SHORTEST:
        return []
    rows = connection.execute(query("brief.totals"), {"start": to_datetime(start), "end": to_datetime(end)}).mappings()
    weeks = {row["week"]: row for row in rows}
    if 0 not in weeks:
        return []
    usual = [row for week, row in weeks.items() if week]
    return [
        Total(name, float(weeks[0][column]) * scale, [float(row[column]) * scale for row in usual], unit)
        for name, column, unit, scale in TOTALS
    ]


def _changes(connection: Connection, one: Incident, began: float) -> list[Change]:
    values = {
        "start": to_datetime(began - BEFORE), "end": to_datetime(began), "id": one.id, "rule": one.rule,
        "most": MOST_CHANGES,
    }  # fmt: skip
    return [_change(row) for row in connection.execute(query("brief.changes"), values)]


def _change(row: Any) -> Change:
    by = f" by {row.actor}" if row.actor else ""
    text, page = {
        "policy": (f"the policy changed from {row.old} to {row.new}{by}", "thresholds"),
        "deploy": (
            f"{row.what} went from version {row.old} to {row.new}{by}"
            if row.old
            else f"version {row.new} of {row.what} was first seen{by}",
            f"performance/deploys/{row.page}",
        ),
        "configuration": (f"{row.what} started with another configuration ({row.new})", "performance"),
        "model": (f"the {row.what} model changed from {row.old or 'none'} to {row.new}{by}", "model/versions"),
        "switch": (f"{row.what} was switched {row.new}{by}", "alerts"),
        "service": (f"service {row.what} went from {row.old} to {row.new}", ""),
        "action": (f"{row.what} was applied for another incident", address(row.page)),
        "incident": (f"{row.what}{f' ({row.new})' if row.new else ''} began", address(row.page)),
    }[row.kind]
    return Change(row.at.timestamp(), text, page, row.kind in SYMPTOMS)


def _calendars(windows: Mapping[str, Calendar], began: float) -> list[Change]:
    """Calendars that began or ended, to the minute."""
    found = []
    first = int((began - BEFORE) // 60 * 60)
    for name, calendar in windows.items():
        was = calendars.inside(calendar, first)
        for at in range(first + 60, int(began) + 1, 60):
            if (inside := calendars.inside(calendar, at)) != was:
                words = f"the calendar {name} {'began' if inside else 'ended'}"
                found.append(Change(float(at), words, "alerts?tab=rules"))
                was = inside
    return found


def _earlier(connection: Connection, one: Incident) -> Earlier | None:
    values = {"rule": one.rule, "kind": one.kind, "id": one.id, "series": one.series, "began": one.began_at}
    row = connection.execute(query("brief.earlier"), values).one_or_none()
    if row is None:
        return None
    began = row.began_at.timestamp()
    steps = [
        Step(step.at.timestamp() - began, f"{step.actor} wrote “{step.text}”" if step.actor else step.text)
        for step in connection.execute(query("brief.steps"), {"id": row.id, "most": MOST_STEPS})
    ]
    return Earlier(row.id, row.series, began, row.resolved_at.timestamp(), row.resolved_by, steps)
