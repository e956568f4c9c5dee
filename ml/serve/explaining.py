"""What moved many scores of a file: exact contributions for the rows that are to be explained, in bulk if many."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from core import log
from ml.data.features import Rows
from ml.serve import shap_bulk, tree_arrays

if TYPE_CHECKING:
    from ml.serve.scoring import Scorer

Explain = Literal["flagged", "all", "none"]
Tell = Callable[[float], None]
MANY = 64  # rows from which tables for all leaves are made sooner than XGBoost explains the rows
CHECKED = 8
TOLERANCE = 1e-3  # of single precision sums in XGBoost's own contributions
_log = log.get(__name__)


def chosen(decisions: npt.NDArray[Any], explain: Explain) -> npt.NDArray[np.intp]:
    """Which rows are explained: all, none, or those that are not approved."""
    if explain == "none":
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(decisions != "APPROVED") if explain == "flagged" else np.arange(len(decisions))


def contributions(scorer: "Scorer", rows: Rows, tell: Tell) -> npt.NDArray[np.float64]:
    """Exact contributions (m, n) of rows (m, n) in log-odds; `tell(share)` hears how far it is."""
    if len(rows) >= MANY and (found := _in_bulk(scorer, rows, tell)) is not None:
        return found
    parts = []
    for start in range(0, len(rows), MANY):
        parts.append(np.asarray(scorer.contributions(rows[start : start + MANY]), dtype=np.float64))
        tell(min(1.0, (start + MANY) / len(rows)))
    return np.concatenate(parts) if parts else np.empty(rows.shape)


def _in_bulk(scorer: "Scorer", rows: Rows, tell: Tell) -> npt.NDArray[np.float64] | None:
    """By tables of all leaves; None where the model has no such tables, or they differ from the model's own values."""
    try:
        grown, _ = tree_arrays.of(scorer.booster)
        sample = shap_bulk.contributions(grown, rows[:CHECKED])
        if not np.allclose(sample, scorer.contributions(rows[:CHECKED]), atol=TOLERANCE):
            _log.warning("bulk contributions differ from the model's; rows are explained one by one")
            return None
        return shap_bulk.contributions(grown, rows, tell)
    except (shap_bulk.TooDeep, ValueError, KeyError) as error:
        _log.info("rows are explained one by one", reason=str(error))
        return None
