"""The counter of reports that were refused because their token is bound to other services."""

from core.web.app import App
from core.web.metrics import Counter

_NAME = "reports of other services"


def other_services(app: App) -> Counter:
    """One counter for all entrances of an application: `event`, `span`, `deploy`."""
    known = app.extensions.get(_NAME)
    if isinstance(known, Counter):
        return known
    found = app.extensions[_NAME] = app.metrics.counter(
        "gatehouse_reports_of_other_services_total",
        "Reports refused because their token is bound to other services.",
        ("entrance",),
    )
    return found
