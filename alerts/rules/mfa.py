"""Wrong second factors of one account in a short time (A4), at our own console and on the platform.

A series is `console:NAME` or `platform:NAME`. What the platform reports are security events of the category
authentication whose action begins with `mfa` and whose outcome is failure.
"""

from typing import Any

from alerts.context import Context
from alerts.rule import Reading, Verdict
from core.clock import to_datetime
from core.config import Count, Frozen
from core.durations import Duration, seconds

KIND = "mfa"


class Parameters(Frozen, frozen=True):
    """Bad from `attempts` failures within `window`."""

    attempts: Count = 3
    window: Duration = "5m"


def gather(context: Context, parameters: Parameters) -> list[Reading]:
    """One reading for each account with failures, and for each that had some."""
    start = to_datetime(context.now - seconds(parameters.window))
    rows = context.shared((KIND, parameters.window), lambda: context.rows("rules.mfa_failures", start=start))
    return readings(rows, context.known_series())


def judge(reading: Reading, parameters: Parameters) -> Verdict:
    """Bad from so many attempts."""
    if reading.value is None:
        return Verdict("no_data", parameters.attempts)
    return Verdict("bad" if reading.value >= parameters.attempts else "good", parameters.attempts)


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
