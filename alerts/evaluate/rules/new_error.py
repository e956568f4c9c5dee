"""Exceptions that are new, or came back after they had been resolved, and came often at once; one series a bug.

Bad until a person resolves or ignores it, or it has not come for a while. Times long past (a replay) never page, nor
does what is counted together because there are too many different ones.
"""

from typing import Annotated, Any

from msgspec import Meta

from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Reading
from core.clock import to_datetime
from core.config import Frozen
from core.untrusted_text import visible

KIND = "new-error"
FACTS = {
    "what": "New exception", "type": "ValueError", "culprit": "shop.cart.total", "message": "no order 12",
    "service": "shop", "version": "4.18", "exception": 12,
}  # fmt: skip
MINUTE = 60
SHORT = 160  # characters of a message


class Parameters(Frozen, frozen=True, kw_only=True):
    """At least `occurrences` within some `window` since it was new, which it is for `fresh`. Over once it has not come
    for `quiet`. `services`: only these; `except_services`: all but these. At most `most` are told of at a time.
    """

    occurrences: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 10
    window: Duration = "10m"
    fresh: Duration = "1d"
    quiet: Duration = "1h"
    services: list[str] = []
    except_services: list[str] = []
    most: Annotated[int, Meta(ge=1, le=200)] = 20

    def __post_init__(self) -> None:
        check_least("window", self.window, MINUTE)
        check_least("fresh", self.fresh, MINUTE)
        check_least("quiet", self.quiet, MINUTE)
        if seconds(self.fresh) > 2 * 86_400:
            raise ValueError("fresh must not be longer than 2d: by the minute exceptions are kept for two days")


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each bug that is new and came often, and for each that was."""
    rows = context.rows(
        "new_errors.fresh",
        since=to_datetime(context.now - seconds(parameters.fresh)),
        quiet=to_datetime(context.now - seconds(parameters.quiet)),
        window=max(0.0, seconds(parameters.window) - MINUTE),
        occurrences=parameters.occurrences,
        services=parameters.services,
        not_services=parameters.except_services,
        most=parameters.most,
    )
    return readings(rows, context.known_series(), context.all_series())


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Bad from so many on."""
    limit = float(parameters.occurrences)
    if reading.error or reading.value is None:
        return Assessment("error" if reading.error else "no_data", limit, reading.error or "no data")
    return Assessment("bad" if reading.value >= limit else "good", limit)


def readings(rows: list[Any], known: frozenset[str], every: frozenset[str] = frozenset()) -> list[Reading]:
    """Readings from rows of (id, service, type, culprit, message, version, came back, most within a window); pure."""
    found = {}
    for number, service, kind, culprit, message, version, came_back, peak in rows:
        name = series(service, number)
        found[name] = Reading(name, float(peak), int(peak), details={
            "what": "Exception came back" if came_back else "New exception", "type": visible(kind),
            "culprit": visible(culprit) or "unknown", "message": visible(message)[:SHORT], "service": visible(service),
            "version": visible(version) or "unknown", "exception": number,
        })  # fmt: skip
    over = [Reading(name, 0.0, 1) for name in sorted(known - found.keys())]
    gone = [Reading(name, None, gone=True) for name in sorted(every - known - found.keys()) if name]
    return [*found.values(), *over, *gone]


def series(service: str, number: int) -> str:
    """The name of a bug's series."""
    return f"{visible(service)} #{number}"
