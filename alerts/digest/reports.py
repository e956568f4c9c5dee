"""The digests that there are: what each is called, of how many days, when it is due, and where its sections are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from alerts.digest import week
from core.clock import to_datetime
from core.db.engine import Connection
from core.performance_config import DigestConfig
from core.reports_config import DailyConfig
from core.settings import Settings

DAY = 86_400.0


class Span(NamedTuple):
    """What a report on scoring is about: from `start` up to `end`, both midnights UTC in epoch seconds."""

    start: float
    end: float

    @property
    def before(self) -> "Span":
        """As many days before."""
        return Span(2 * self.start - self.end, self.start)


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
    read: Callable[[Connection, float], Any]

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


PERFORMANCE = Report(
    "performance", "Weekly digest", "Performance", "performance?range=7d", 7, "alerts.digest.sections", week.read
)  # fmt: skip
DAILY = Report(
    "daily", "Daily scoring report", "Analytics", "analytics", 1, "alerts.digest.analytics",
    lambda _, end: Span(end - DAY, end),
)  # fmt: skip
WEEKLY = Report(
    "weekly", "Weekly scoring report", "Analytics", "analytics", 7, "alerts.digest.analytics",
    lambda _, end: Span(end - 7 * DAY, end),
)  # fmt: skip
REPORTS = {one.name: one for one in (PERFORMANCE, DAILY, WEEKLY)}
