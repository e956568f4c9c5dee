"""The digests that there are: what each is called, of how many days, when it is due, and where its sections are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from alerts.digest import week
from core.analytics import drift_history
from core.analytics.drift import Limits
from core.analytics.periods import HOUR, Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.performance_config import DigestConfig
from core.reports_config import DailyConfig
from core.settings import Settings

DAY = 86_400.0


class Days(NamedTuple):
    """What a report on scoring is about: whole days UTC, the same number of days before, and the limits of drift."""

    span: Span
    before: Span
    limits: Limits

    @property
    def step(self) -> int:
        """Seconds of a bin of its charts: hours of a day, quarters of a day of a week."""
        return HOUR if self.span.end - self.span.start <= DAY else 6 * HOUR

    def label(self, at: int) -> str:
        """A bin as a chart names it."""
        when = to_datetime(at)
        if self.step == HOUR:
            return f"{when:%H:%M}"
        return f"{when:%a} {when.day}" if when.hour == 0 else f"{when:%a} {when.day} {when:%H:%M}"


@dataclass(frozen=True)
class Report:
    """`name` is how jobs and commands call it; `sections` the package of its sections, and `read` what they share.

    `address` is that of the page that its link opens, with the days as `{start}` and `{end}`.
    """

    name: str
    title: str
    page: str
    address: str
    days: int
    sections: str
    read: Callable[[Connection, float, Settings], Any]

    def schedule(self, settings: Settings) -> DigestConfig | DailyConfig:
        """When it is due, and who gets it."""
        if self.name == "performance":
            return settings.config.performance.digest
        reports = settings.config.reports
        return reports.daily if self.days == 1 else reports.weekly

    def link(self, console: str, end: float) -> str:
        """Its page at the days before `end`."""
        start, last = to_datetime(end - self.days * DAY), to_datetime(end)
        return f"{console}/{self.address.format(start=f'{start:%Y-%m-%d}', end=f'{last:%Y-%m-%d}')}"


def _days(number: int) -> Callable[[Connection, float, Settings], Days]:
    def read(connection: Connection, end: float, settings: Settings) -> Days:
        span = Span(int(end - number * DAY), int(end))
        return Days(span, span.back(int(number * DAY)), drift_history.limits(settings))

    return read


def _week(connection: Connection, end: float, settings: Settings) -> week.Week:
    return week.read(connection, end)


SCORING = "analytics/overview?from={start}&to={end}"
PERFORMANCE = Report(
    "performance", "Weekly digest", "Performance", "performance?range=7d", 7, "alerts.digest.sections", _week
)  # fmt: skip
DAILY = Report(
    "daily", "Daily scoring report", "Analytics", SCORING, 1, "alerts.digest.analytics", _days(1)
)  # fmt: skip
WEEKLY = Report(
    "weekly", "Weekly scoring report", "Analytics", SCORING, 7, "alerts.digest.analytics", _days(7)
)  # fmt: skip
REPORTS = {one.name: one for one in (PERFORMANCE, DAILY, WEEKLY)}
