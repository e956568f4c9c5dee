"""`python -m alerts check`: what is wrong now, as text, JSON or a line for Nagios, with an exit code fit for cron.

0: nothing is open. 1: something of low or medium severity. 2: something high or critical. 3: it cannot be known, since
nothing was evaluated for a while or PostgreSQL does not answer. Silenced incidents count; they are named as such.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from core import codec
from core.alerting import alert_reads, silences
from core.alerting import silence_store as stored
from core.alerting.quantities import duration
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.untrusted_text import cut, visible

OK, WARNING, CRITICAL, UNKNOWN = range(4)
WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
LEVELS = {"critical": CRITICAL, "high": CRITICAL, "medium": WARNING, "low": WARNING}
STALE = 60.0  # seconds without an evaluation
LONGEST = 120  # characters of a text from outside
Format = Literal["text", "json", "nagios"]
FORMATS: tuple[Format, ...] = ("text", "json", "nagios")


class Open(Struct, frozen=True):
    """An incident that is not resolved; times are epoch seconds."""

    id: str
    rule: str
    series: str
    severity: str
    status: str
    title: str
    summary: str
    began_at: float
    silenced: bool


class Current(Struct, frozen=True):
    """What is wrong at `now`; `why` says why it cannot be known."""

    level: int
    now: float
    evaluated_at: float | None
    incidents: Sequence[Open]
    why: str = ""


def read(database: Database, now: float) -> Current:
    """The present state."""
    try:
        with database.transaction() as connection:
            evaluated = alert_reads.evaluated_at(connection)
            in_force = stored.in_force(connection, now)
            found = [
                Open(
                    one.id, one.rule, one.series, one.severity, one.status, one.title, one.summary,
                    one.began_at.timestamp(),
                    silences.first(in_force, one.rule, one.series, one.severity, now) is not None,
                )
                for one in alert_reads.unresolved(connection)
            ]  # fmt: skip
    except DatabaseUnavailable:
        return Current(UNKNOWN, now, None, [], "PostgreSQL does not answer")
    at = None if evaluated is None else evaluated.timestamp()
    level = max((LEVELS[one.severity] for one in found), default=OK)
    if at is None or now - at > STALE:
        for_ = "rules were never evaluated" if at is None else f"no rule was evaluated for {duration(now - at)}"
        return Current(UNKNOWN, now, at, found, f"{for_}: is the alert worker running?")
    return Current(level, now, at, found)


def written(found: Current, form: Format) -> str:
    """It as text for people, as JSON, or as one line with performance data as Nagios reads it."""
    if form == "json":
        return codec.encode(
            {"state": WORDS[found.level], **{n: getattr(found, n) for n in found.__struct_fields__}}
        ).decode()
    counts = {name: sum(one.severity == name for one in found.incidents) for name in LEVELS}
    if form == "nagios":
        said = found.why or "; ".join(_named(one) for one in found.incidents[:3]) or "no open incidents"
        more = f" and {len(found.incidents) - 3} more" if not found.why and len(found.incidents) > 3 else ""
        data = " ".join(f"{name}={count}" for name, count in counts.items())
        return f"GATEHOUSE {WORDS[found.level]} - {said.replace('|', '/')}{more} | {data}"
    lines = [f"{WORDS[found.level]}: {found.why or f'{len(found.incidents)} open incidents'}"]
    for one in found.incidents:
        silenced = ", silenced" if one.silenced else ""
        lasting = duration(max(0.0, found.now - one.began_at))
        lines.append(f"  {one.severity}, {one.status}{silenced}, {lasting}: {_named(one)}: {_text(one.summary)}")
    return "\n".join(lines)


def _named(one: Open) -> str:
    return _text(one.title) + (f" ({_text(one.series)})" if one.series and one.series not in one.title else "")


def _text(words: str) -> str:
    return cut(visible(words), LONGEST)
