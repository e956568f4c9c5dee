"""The counter of reports that were refused because their token is bound to other services."""

from core.web.app import App
from core.web.metrics import Counter

_NAME = "gatehouse_reports_of_other_services_total"


def other_services(app: App) -> Counter:
    """One counter for all entrances of an application: `event`, `span`, `deploy`."""
    known = app.extensions.get(_NAME)
    if isinstance(known, Counter):
        return known
    help_text = "Reports refused because their token is bound to other services."
    found = app.extensions[_NAME] = app.metrics.counter(_NAME, help_text, ("entrance",))
    return found
