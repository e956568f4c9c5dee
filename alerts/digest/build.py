"""Puts a digest together: every section of `alerts.digest.sections` by its ORDER, each in a transaction of its own.

A section that fails says so and keeps no other from being sent. To add one, write a module with `ORDER`, `TITLE` and
`lines(connection, week) -> list[Line]`; without lines it is left out.
"""

from datetime import timedelta
from typing import Any

from alerts.digest import week as weeks
from alerts.digest.model import MOST_SECTIONS, RULE, Digest, Line, Section, bounded, details
from alerts.digest.week import DAY, WEEK
from core import discovery, log
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.db.engine import Database
from core.errors import DatabaseUnavailable

PACKAGE = "alerts.digest.sections"
FAILED = "This section could not be read; see the log of the alert worker."


def build(database: Database, end: float) -> Digest:
    """The digest of the seven days before `end`, a midnight UTC. Raises DatabaseUnavailable."""
    modules = discovery.modules(PACKAGE, "ORDER", "TITLE", "lines").values()
    with database.transaction() as connection:
        week = weeks.read(connection, end)
    sections = [_section(database, module, week) for module in sorted(modules, key=lambda one: one.ORDER)]
    first, last = to_datetime(week.start), to_datetime(end) - timedelta(days=1)
    return Digest(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", [one for one in sections if one is not None][:MOST_SECTIONS])


def last_midnight(now: float) -> float:
    """The end of the last whole day, UTC."""
    return now // DAY * DAY


def notice(digest: Digest, now: float, link: str) -> Notice:
    """What channels get."""
    return Notice(
        incident_id=f"digest-{digest.last}", event="notice", rule=RULE, series="", severity="low",
        title=f"Weekly digest, {digest.first} to {digest.last}", summary=_summary(digest),
        began_at=now - WEEK, at=now, status="open", link=link, details=details(digest),
    )  # fmt: skip


def _summary(digest: Digest) -> str:
    """For channels that show no more than a sentence."""
    counted = [f"{section.title.lower()} ({len(section.lines) + section.more})" for section in digest.sections]
    return f"{'; '.join(counted)}." if counted else "Nothing to report."


def _section(database: Database, module: Any, week: weeks.Week) -> Section | None:
    try:
        with database.transaction() as connection:
            lines: list[Line] = module.lines(connection, week)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.get("digest").error("a section failed", section=module.__name__, exc_info=error)
        return Section(module.TITLE, [Line("", FAILED, "bad")])
    return bounded(module.TITLE, lines) if lines else None
