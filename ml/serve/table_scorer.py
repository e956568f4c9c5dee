"""Everything fast about one row of one model: score and exact contributions from tables, proved against XGBoost.

XGBoost is the oracle: `build` tries the tables on rows made from the model's own thresholds, and answers None (so that
XGBoost itself scores or explains) for models that do not fit tables or come out differently by a single bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xgboost

from core import log
from ml.data.features import Rows
from ml.serve import float32, shap, tree_arrays
from ml.serve.table_predict import Quick, TooLarge

CHECK_ROWS = 48
TOLERANCE = 1e-4  # of single precision sums in XGBoost's own contributions
_log = log.get(__name__)


@dataclass(frozen=True)
class Fast:
    """One model's tables; `explainer` is None where XGBoost has to explain. May be used from any thread."""

    quick: Quick
    explainer: shap.Explainer | None

    def score(self, values: Sequence[float]) -> float:
        """The score, 0..1, of values of single precision in the model's order, NaN for missing: XGBoost's very bits."""
        return self._logistic(self.quick.margin(self.quick.intervals.rows(values), values))

    def contributions(self, values: Sequence[float]) -> shap.Doubles:
        """SHAP values, shape (n,), in log-odds; only where there is an `explainer`."""
        assert self.explainer is not None
        return self.explainer.contributions(self.quick.intervals.rows(values))

    def _logistic(self, margin: float) -> float:
        """XGBoost's sigmoid (src/common/math.h) with its roundings: sums and quotients of single precision."""
        return float32.rounded(1.0 / float32.rounded(float32.exponential(min(-margin, _MOST)) + 1.0))


def build(booster: xgboost.Booster, width: int) -> Fast | None:
    """The tables of a booster on `width` features, or None when XGBoost has to do it."""
    try:
        grown, base = tree_arrays.of(booster)
        quick = Quick(grown, base, width)
        fast = Fast(quick, _explainer(grown, quick, width))
    except (TooLarge, ValueError, KeyError, RecursionError) as error:
        _log.info("XGBoost scores this model row by row", reason=str(error))
        return None
    rows = _trial(grown, width)
    expected = booster.inplace_predict(rows, validate_features=False)
    if not np.array_equal(np.array([fast.score(row) for row in rows.tolist()], dtype=np.float32), expected):
        _log.warning("the tables do not give XGBoost's scores; XGBoost scores this model itself")
        return None
    if fast.explainer is not None:
        shares = booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True, validate_features=False)
        found = np.array([fast.contributions(row) for row in rows.tolist()])
        if not np.allclose(found, shares[:, :-1], atol=TOLERANCE):
            _log.warning("the tables do not give XGBoost's contributions; XGBoost explains this model itself")
            return Fast(fast.quick, None)
    return fast


def _explainer(grown: Sequence[tree_arrays.Tree], quick: Quick, width: int) -> shap.Explainer | None:
    try:
        return shap.Explainer(grown, quick.intervals, width)
    except TooLarge:
        return None


def _trial(grown: Sequence[tree_arrays.Tree], width: int) -> Rows:
    """Rows of thresholds that occur, the numbers next to them, and missing values."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(CHECK_ROWS, width)).astype(np.float32)
    for feature in range(width):
        cuts = np.concatenate([tree.threshold[(tree.left >= 0) & (tree.feature == feature)] for tree in grown])
        if len(cuts):
            side = rng.choice(np.array([-np.inf, np.inf], dtype=np.float32), CHECK_ROWS)
            chosen = rng.choice(cuts, CHECK_ROWS)
            rows[:, feature] = np.where(rng.random(CHECK_ROWS) < 0.3, chosen, np.nextafter(chosen, side))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return rows


_MOST = float32.rounded(88.7)
