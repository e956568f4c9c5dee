"""Figures for regulators as lines: each with its value, what it is a share of, interval and definition. Pure.

The page draws a table of each section; the file has all lines.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from console.analytics.regulators import Found, Times
from core.models.performance.interval import Interval, wilson

Section = Literal["cases", "alerts", "open", "times", "coverage", "effectiveness"]
TITLES: dict[Section, str] = {
    "cases": "Cases, from scored to reported", "alerts": "Alerts, from opened to right", "open": "Age of what is open",
    "times": "Time to close", "coverage": "Coverage", "effectiveness": "Effectiveness",
}  # fmt: skip
AGES = ("below 1 hour", "1 to 4 hours", "4 to 24 hours", "1 to 3 days", "3 to 7 days", "7 days and more")
LEAST = 5  # below which a share has no interval: it would say nothing


class Line(NamedTuple):
    """`of` is what `value` is a part of; `between` is the interval of the share, or of a value in seconds."""

    section: Section
    name: str
    value: float | None
    definition: str
    of: float | None = None
    unit: Literal["", "USD", "s"] = ""
    between: Interval | None = None

    @property
    def share(self) -> float | None:
        """0..1; None of nothing."""
        return None if self.value is None or not self.of else self.value / self.of


def lines(found: Found) -> list[Line]:
    """All figures, in their order."""
    return [
        *_cases(found), *_alerts(found), *_open(found), *_times(found), *_coverage(found), *_effectiveness(found),
    ]  # fmt: skip


def _cases(found: Found) -> Iterator[Line]:
    flagged, scored = found.flagged, found.flagged.scored + found.passed.scored
    labelled = flagged.fraud + flagged.legit + found.passed.fraud + found.passed.legit
    yield Line("cases", "Scored", scored, "Predictions with a decision in the period, without replayed ones.")
    yield Line("cases", "Flagged", flagged.scored, "Of the scored: held for review or blocked. Each is a case.", scored)
    for name, value, definition in (
        ("Reviewed", flagged.reviewed, "Of the flagged: an analyst said something of it, unsure included."),
        ("Confirmed", flagged.fraud, "Of the flagged: the label that counts says fraud, from any source."),
        ("Reported by a bank", flagged.disputed, "Of the flagged: a chargeback says fraud."),
    ):
        yield Line("cases", name, value, definition, flagged.scored)
    yield Line("cases", "Labelled", labelled, "Of the scored, flagged or not: a label counts, fraud or legit.", scored)


def _alerts(found: Found) -> Iterator[Line]:
    alerts = found.alerts
    yield Line("alerts", "Opened", alerts.opened, "Incidents that opened in the period, without test messages.")
    for name, value, definition, of in (
        ("Notified", alerts.notified, "Of the opened: people were notified.", alerts.opened),
        ("Handled", alerts.handled, "Of the notified: somebody acknowledged or resolved it.", alerts.notified),
        ("Judged", alerts.judged, "Of the notified: somebody said right, wrong or useless.", alerts.notified),
        ("Right", alerts.right, "Of the judged: it was real, and somebody had to know.", alerts.judged),
    ):
        yield Line("alerts", name, value, definition, of)


def _open(found: Found) -> Iterator[Line]:
    for what, counts, since in (
        ("Cases", found.open_cases, "flagged in the period, without any label; age by the hour of the decision"),
        ("Alerts", found.open_alerts, "incidents of the period that are not resolved; age since they opened"),
    ):
        for age, count in zip(AGES, counts, strict=True):
            yield Line("open", f"{what}, {age}", count, f"Open now: {since}.", sum(counts))


def _times(found: Found) -> Iterator[Line]:
    closed = (
        "From the decision to the first label of a flagged prediction, rounded up to a minute (to 15 min from 2 h, "
        "to an hour from a day)."
    )
    for name, took, definition in (
        ("Cases", found.case_times, closed),
        ("Alerts acknowledged", found.acknowledged, "From the notification to the acknowledgement."),
        ("Alerts resolved", found.resolved, "From opening to resolution, of alerts of which people were notified."),
    ):
        yield from _quantiles(name, took, definition)


def _quantiles(name: str, took: Times, definition: str) -> Iterator[Line]:
    last = f"{definition} Nine of ten took no longer."
    yield Line("times", f"{name}: how many", took.n, definition)
    yield Line("times", f"{name}: median", took.median, definition, unit="s", between=took.median_between)
    yield Line("times", f"{name}: 90 %", took.p90, last, unit="s", between=took.p90_between)


def _coverage(found: Found) -> Iterator[Line]:
    one = found.coverage
    judged = "Of the finished hours of the period, since this is recorded: minutes in which the rules were judged."
    for name, value, definition, of in (
        ("Transactions scored", one.scored, "Of the transactions of the period: with a prediction.", one.transactions),
        ("Minutes judged", one.judged_minutes, judged, one.minutes),
        ("Rules with a value", one.rules_well, "Of the rules in force: no series lacks data or fails now.", one.rules),
    ):
        yield Line("coverage", name, value, definition, of)


def _effectiveness(found: Found) -> Iterator[Line]:
    flagged, passed, alerts = found.flagged, found.passed, found.alerts
    fraud = flagged.fraud + passed.fraud
    labelled = "Fraud, of the flagged with a label that counts."
    yield _rate("Precision of cases", flagged.fraud, flagged.fraud + flagged.legit, labelled)
    yield _rate("Precision of alerts", alerts.right, alerts.judged, "Right, of the alerts that were judged.")
    yield _rate("Fraud found before loss", flagged.fraud, fraud, "Of all that proved fraud: flagged, not approved.")
    money, whole = round(flagged.fraud_usd, 2), round(flagged.fraud_usd + passed.fraud_usd, 2)
    yield Line("effectiveness", "Money of it", money, "The same in USD, by exact amounts.", whole, "USD")
    for name in ("analyst", "chargeback", "appeal"):
        count = sum(getattr(side, f"by_{name}") for side in (flagged, passed))
        yield _rate(f"Fraud confirmed by {name}", count, fraud, "Of all that proved fraud: by the label that counts.")


def _rate(name: str, part: int, whole: int, definition: str) -> Line:
    between = wilson(part, whole) if whole >= LEAST else None
    return Line("effectiveness", name, part, definition, whole, between=between)
