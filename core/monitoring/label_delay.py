"""Resource `label_delay`: the share of predictions, and of frauds, that have a label by age, and when a window is
mature."""

from msgspec import Struct


class DelayCurve(Struct, frozen=True, kw_only=True):
    """`share` (0..1) of `cases` that have a label at each of `ages` (days), with 95 % bounds; lists of equal length."""

    ages: list[float]
    share: list[float]
    low: list[float]
    high: list[float]
    cases: int


class DayKnown(Struct, frozen=True, kw_only=True):
    """The share (0..1) of a day's frauds (from `day`, ms) that should have their label by now."""

    day: int
    frauds_known: float | None


class LabelDelay(Struct, frozen=True, kw_only=True):
    """`mature_after`: days after which `known` of the frauds have their label; None while that cannot be said.

    Frauds that take longer than `horizon_days`, the oldest age that the history shows, are not counted. `enough`: at
    least `least_frauds` are known. `windows` is the share of the frauds of the last 24h, 7d, 14d and 30d that should be
    known by now, `days` the same by day, oldest first. `sampled`: percent of the predictions that were read.
    """

    known: float
    mature_after: float | None
    horizon_days: float
    enough: bool
    least_frauds: int
    predictions: DelayCurve
    frauds: DelayCurve
    windows: dict[str, float | None]
    days: list[DayKnown]
    sampled: float


RESOURCE = LabelDelay
