"""The hot path: a loaded model that scores transactions and explains those that matter (L1, L2).

A `Scorer` is immutable once made, so a new champion is served by swapping one reference between two requests. One row
goes through tables (`ml.serve.table_scorer`) where the model fits them, else through XGBoost's C function
(`ml.serve.xgb_capi`); many rows go through XGBoost. All of them give the same bits.
"""

import struct
import threading
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xgboost

from core.errors import BadInput
from core.models.registry import Model
from ml import registry
from ml.data.features import Encoder, Rows, Value
from ml.serve import table_scorer
from ml.serve.xgb_capi import RowScorer

Contributions = npt.NDArray[np.float32] | npt.NDArray[np.float64]


class Scorer:
    """One registered model, ready to score from any thread."""

    def __init__(self, model: Model) -> None:
        self.version = model.version
        self.model = model
        self.encoder = Encoder(registry.features(model))
        self.booster = xgboost.Booster()
        self.booster.load_model(bytearray(model.artefact))
        self.booster.set_param({"nthread": 1})
        self._width = len(self.encoder.names)
        self._singles = struct.Struct(f"={self._width}f")
        self._local = threading.local()
        self._explaining = threading.Lock()
        self._base = self._score_zero()
        self._fast = table_scorer.build(self.booster, self._width)

    def score(self, features: Mapping[str, Value]) -> tuple[float, list[float]]:
        """Score 0..1 and the values in the model's order (NaN for missing). Raises BadInput for what is no number."""
        values = self.encoder.values(features)
        try:
            if self._fast is None:
                return self._mine()(values), values
            return self._fast.score(self._singles.unpack(self._singles.pack(*values))), values
        except (struct.error, OverflowError) as error:
            raise BadInput("$.features", f"contains a value that is not a number: {error}") from error

    def score_many(self, rows: Rows) -> npt.NDArray[np.float32]:
        """Scores (m,) for rows (m, n)."""
        return np.asarray(self.booster.inplace_predict(rows, validate_features=False), dtype=np.float32)

    def contributions(self, rows: Rows) -> Contributions:
        """Exact SHAP values (m, n) in log-odds: how far each feature moved each score from the model's average."""
        if self._fast is None or self._fast.explainer is None:
            return self._shap(rows)[:, :-1]
        return np.array([self._fast.contributions(row) for row in rows.tolist()]).reshape(-1, self._width)

    def explain(self, values: Sequence[float | None]) -> tuple[dict[str, float], float]:
        """SHAP values by feature for one stored row, and the average they start from; all of them sum to the log-odds.

        Raises BadInput when the row is not of this model's length.
        """
        if len(values) != self._width:
            raise BadInput("$.features", f"model {self.version} takes {self._width} values, not {len(values)}")
        shares = self.contributions(self.encoder.rows([values]))[0].tolist()
        return dict(zip(self.encoder.names, shares, strict=True)), self._base

    def top(self, values: Sequence[float], contributions: Contributions) -> tuple[str, float | None]:
        """The feature that moved the score furthest towards fraud, and its value (None when missing)."""
        index = int(contributions.argmax())
        value = values[index]
        return self.encoder.names[index], None if value != value else round(value, 4)

    def _mine(self) -> RowScorer:
        scorer: RowScorer | None = getattr(self._local, "scorer", None)
        if scorer is None:
            scorer = self._local.scorer = RowScorer(self.booster, self._width)
        return scorer

    def _shap(self, rows: Rows) -> Contributions:
        data = xgboost.DMatrix(rows, nthread=1)
        with self._explaining:  # unlike scoring, this shares state inside the booster
            return np.asarray(self.booster.predict(data, pred_contribs=True, validate_features=False))

    def _score_zero(self) -> float:
        """Builds XGBoost's lazily made state before threads share the booster; returns the model's average margin."""
        nothing = np.full((1, self._width), np.nan, dtype=np.float32)
        self.booster.inplace_predict(nothing, validate_features=False)
        return float(self._shap(nothing)[0, -1])
