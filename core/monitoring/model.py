"""Resource `model` (M1-M3): confusion matrix, rates against their baselines, maturity of the labels, and history."""

from msgspec import Struct

Interval = tuple[float, float]


class ConfusionMatrix(Struct, frozen=True, kw_only=True):
    """Labelled predictions by what was predicted and what was true."""

    tp: int
    fn: int
    fp: int
    tn: int

    @property
    def labelled(self) -> int:
        """All of them."""
        return self.tp + self.fn + self.fp + self.tn


class Rates(Struct, frozen=True, kw_only=True):
    """Shares 0..1, None where nothing counts."""

    precision: float | None
    recall: float | None
    f1: float | None


class RateIntervals(Struct, frozen=True, kw_only=True):
    """95 % intervals of the rates; None where nothing counts."""

    precision: Interval | None
    recall: Interval | None
    f1: Interval | None


class QualityWarning(Struct, frozen=True, kw_only=True):
    """Precision or recall fell: what to do, and when the next retraining is due (ms)."""

    text: str
    action: str
    next_retraining: int


class LabelMaturity(Struct, frozen=True, kw_only=True):
    """How many of the window's predictions have a label, and how many flagged and blocked ones have none."""

    labelled: int
    total: int
    percent: float | None
    flagged_unlabelled: int
    blocked_unlabelled: int


class EstimatedRates(Struct, frozen=True, kw_only=True):
    """Expected rates (0..1) of the window's predictions by confidence, whether or not labels are there.

    `rows` predictions, of which `flagged`; 95 % `intervals` by the name of the rate; `calibrated_on` test rows.
    """

    rows: int
    flagged: int
    fraud_rate: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    auc_roc: float | None
    intervals: dict[str, Interval | None]
    calibrated_on: int


class BackWeighted(Struct, frozen=True, kw_only=True):
    """The matrix with blocked traffic weighted back from `labelled` held-out transactions; intervals are 95 %."""

    tp: float
    fn: float
    fp: float
    tn: float
    labelled: int
    precision: float | None
    recall: float | None
    intervals: dict[str, Interval | None]


class DayPerformance(Struct, frozen=True, kw_only=True):
    """A day (from `day`, ms): how many labels are there, rates measured by them with intervals, and estimated rates."""

    day: int
    total: int
    labelled: int
    measured: Rates
    intervals: RateIntervals
    estimated: Rates | None
    estimated_intervals: RateIntervals | None


class Model(Struct, frozen=True, kw_only=True):
    """Shares are 0..1, None where the denominator is zero; intervals are 95 %.

    `estimated` is what the labels are expected to show, `holdout` the matrix with blocked traffic weighted back. The
    baselines are what the model's own test rows measured; of a model without them precision's is the configured one.
    `baseline_threshold` is where they were measured, when the policy in force flags from another `threshold`: then they
    compare with nothing, so there are no changes and no warning. `history` are the days up to the window's end,
    oldest first.
    """

    version: int | None
    matrix: ConfusionMatrix
    precision: float | None
    recall: float | None
    f1: float | None
    intervals: RateIntervals
    threshold: float | None
    baseline_threshold: float | None
    baseline_precision: float
    precision_change_percent: float | None
    baseline_recall: float | None
    recall_change_percent: float | None
    warning: QualityWarning | None
    maturity: LabelMaturity
    estimated: EstimatedRates | None
    holdout: BackWeighted | None
    history: list[DayPerformance]


RESOURCE = Model
