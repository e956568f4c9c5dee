"""What a form asks a drift report of: a span, a model and the share from which to retrain. Pure."""

from core import clock
from core.models.drift_requests import Wanted

SPANS = {"1": "24 hours", "7": "7 days", "14": "14 days", "30": "30 days"}
FIELDS = ("span", "from", "to", "version", "threshold")
LONGEST, DAY = 366, 86_400.0


def wanted_of(typed: dict[str, str], now: float, versions: set[str], wrong: dict[str, str]) -> Wanted | None:
    """What a form asks for; what is wrong goes to `wrong` by field. Pure."""
    start, end = _bounds(typed, now, wrong)
    version = typed["version"]
    if version and version not in versions:
        wrong["version"] = "This model does not exist."
    threshold = None
    if typed["threshold"]:
        try:
            threshold = float(typed["threshold"].replace(",", ".").rstrip(" %")) / 100
        except ValueError:
            threshold = -1.0
        if not 0 <= threshold <= 1:
            wrong["threshold"] = "Enter a share between 0 and 100 %."
    return None if wrong else Wanted(start, end, int(version) if version else None, threshold)


def _bounds(typed: dict[str, str], now: float, wrong: dict[str, str]) -> tuple[float, float]:
    if not typed["from"] and not typed["to"]:
        if typed["span"] not in SPANS:
            wrong["span"] = "Choose an option from the list."
            return now, now
        return now - int(typed["span"]) * DAY, now
    found = {name: _moment(typed[name]) for name in ("from", "to")}
    for name, value in found.items():
        if value is None:
            wrong[name] = "Enter both times as YYYY-MM-DDTHH:MM, UTC."
    start, end = (value or now for value in found.values())
    if not wrong and not start < end:
        wrong["to"] = "Must be later than “from”."
    elif not wrong and end - start > LONGEST * DAY:
        wrong["from"] = f"The range can be at most {LONGEST} days."
    return start, end


def _moment(text: str) -> float | None:
    try:
        return clock.moment(text).timestamp()
    except ValueError:
        return None
