"""Wrong second factors of one account in a short time (A4), at our own console and on the platform.

A series is `console:NAME` or `platform:NAME`, in lower case. What the platform reports are security events of the
category authentication whose action begins with `mfa` and whose outcome is failure; those of our own processes are the
console's and count once, there.

Events are judged when they are stored, not when they happened: failures that lie within `window` of each other are bad
as soon as one of them is new, however late it came. New is what was stored within the last `window` of evaluated time:
after a pause of this worker the look goes back over the pause.
"""

from datetime import timedelta
from typing import Any

from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Reading
from core.clock import to_datetime
from core.config import Count, Frozen
from core.events.security import OWN_SOURCES

KIND = "mfa"
FACTS = {"account": "anna", "realm": "console", "ips": ["192.0.2.1"]}
COMMITTING = 30.0  # seconds that a transaction may take from its beginning, which is its time of storing, to its end
SHORT = 3600.0  # windows up to this long are read anew at each evaluation
REFRESH = 30.0


class Pace(Frozen, frozen=True):
    """So many failures within so long."""

    attempts: Count
    window: Duration


class Parameters(Frozen, frozen=True):
    """Bad from `attempts` failures within `window`. What happened more than `late` before it was stored is history.

    A right code clears an account's failures at our console. With `slower_than` only failures too far apart for that
    pace count, which no other rule sees, and a right code clears none: so slow guessing between the log-ins of the
    account's owner is found.
    """

    attempts: Count = 3
    window: Duration = "5m"
    late: Duration = "1d"
    slower_than: Pace | None = None

    def __post_init__(self) -> None:
        check_least("window", self.window, 10)
        if seconds(self.window) > 31 * 86400 or seconds(self.late) > 31 * 86400:
            raise ValueError("window and late must be at most 31d")


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each account with failures, and for each that had some."""
    key = (KIND, parameters)
    if seconds(parameters.window) <= SHORT:
        rows = context.shared(key, lambda: _read(context, parameters))
    else:
        rows = context.memory.remember(key, context.now, REFRESH, lambda: _read(context, parameters))
    return readings(rows, context.known_series())


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Bad from so many attempts."""
    if reading.value is None:
        return Assessment("no_data", parameters.attempts)
    return Assessment("bad" if reading.value >= parameters.attempts else "good", parameters.attempts)


def readings(rows: list[Any], known: frozenset[str]) -> list[Reading]:
    """Readings from rows of (realm, account, failures, addresses); known accounts without a row have none left."""
    found = [
        Reading(
            f"{realm}:{account}",
            float(n),
            n,
            details={"realm": realm, "account": account, "ips": sorted(set(ips or []))},
        )
        for realm, account, n, ips in rows
    ]
    met = {reading.series for reading in found}
    return found + [Reading(series, 0.0) for series in sorted(known - met)]


def _read(context: RuleContext, parameters: Parameters) -> list[Any]:
    length = seconds(parameters.window)
    since = context.evaluated_since(length) - COMMITTING
    values = {
        "since": to_datetime(since),
        "window": timedelta(seconds=length),
        "late": timedelta(seconds=seconds(parameters.late)),
        "own": sorted(OWN_SOURCES),
    }
    if (pace := parameters.slower_than) is not None:
        burst = {"burst": pace.attempts, "burst_window": timedelta(seconds=seconds(pace.window))}
        return context.rows("rules.mfa_failures_slow", least=parameters.attempts, **burst, **values)
    return context.rows("rules.mfa_failures", **values)
