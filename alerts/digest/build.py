"""Puts a digest together: every section of a report by its ORDER, each in a transaction of its own.

A section that fails says so and keeps no other from being sent. To add one, write a module with `ORDER`, `TITLE` and
`lines(connection, read) -> list[Line]` in the report's package; `charts(connection, read) -> list[Chart]` may be there
too. `read` is what the report reads once for all. Without lines and charts it is left out.
"""

from datetime import timedelta
from typing import Any

from alerts.digest.model import MOST_SECTIONS, RULE, Chart, Digest, Line, Section, bounded, details
from alerts.digest.reports import DAY, PERFORMANCE, REPORTS, Report
from core import discovery, log
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.settings import Settings

FAILED = "This section could not be read; see the log of the alert worker."


def build(database: Database, end: float, settings: Settings, report: Report = PERFORMANCE) -> Digest:
    """The digest of the days before `end`, a midnight UTC. Raises DatabaseUnavailable."""
    modules = discovery.modules(report.sections, "ORDER", "TITLE", "lines").values()
    with database.transaction() as connection:
        read = report.read(connection, end, settings)
    sections = [_section(database, module, read) for module in sorted(modules, key=lambda one: one.ORDER)]
    first, last = to_datetime(end - report.days * DAY), to_datetime(end) - timedelta(days=1)
    kept = [one for one in sections if one is not None][:MOST_SECTIONS]
    return Digest(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", kept, report.title, report.page, report.name)


def last_midnight(now: float) -> float:
    """The end of the last whole day, UTC."""
    return now // DAY * DAY


def notice(digest: Digest, now: float, link: str, again: str = "") -> Notice:
    """What channels get; `again` tells one that is sent by hand apart from the one that was due."""
    days = digest.first if digest.first == digest.last else f"{digest.first} to {digest.last}"
    report = REPORTS[digest.report]
    kind = "" if report is PERFORMANCE else f"-{report.name}"
    return Notice(
        incident_id=f"digest{kind}-{digest.last}{again}", event="notice", rule=RULE, series="", severity="low",
        title=f"{digest.name}, {days}", summary=_summary(digest),
        began_at=now - report.days * DAY, at=now, status="open", link=link, details=details(digest),
    )  # fmt: skip


def _summary(digest: Digest) -> str:
    """For channels that show no more than a sentence."""
    counted = [f"{section.title.lower()} ({len(section.lines) + section.more})" for section in digest.sections]
    return f"{'; '.join(counted)}." if counted else "Nothing to report."


def _section(database: Database, module: Any, read: Any) -> Section | None:
    try:
        with database.transaction() as connection:
            lines: list[Line] = module.lines(connection, read)
            charts: list[Chart] = module.charts(connection, read) if hasattr(module, "charts") else []
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.get("digest").error("a section failed", section=module.__name__, exc_info=error)
        return Section(module.TITLE, [Line("", FAILED, "bad")])
    return bounded(module.TITLE, lines, charts) if lines or charts else None
