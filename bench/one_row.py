"""One transaction through the model: score, score with exact top feature, and a row of a random forest.

Goals: score at least 6 times as fast as XGBoost's scikit-learn wrapper and the same bits; score with the exact top
feature 12 times as fast as XGBoost's `pred_contribs` with the same top feature on every row; a forest of 100 trees of
depth 10 100 times as fast as scikit-learn, within 1e-9.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from sklearn.ensemble import RandomForestClassifier

from bench import harness
from core import clock
from core.settings import load
from ml import config as model_config
from ml.data import table
from ml.serve import table_scorer
from ml.serve.table_predict import Quick
from ml.serve.tree_arrays import Tree
from ml.train import training
from simulator import config as simulator_config
from simulator import dataset

ROWS, CHECKED, TIMED, RUNS = 60_000, 20_000, 1_000, 5


def main() -> int:
    """Check every row, then time both sides in turn; 0 when all goals are met."""
    settings = load({})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "training.csv"
        dataset.write(path, ROWS, clock.now() - 7 * 86400, simulator_config.load(settings))
        data = table.read(path, "is_fraud", "timestamp", ignore=["transaction_id"])
    met = boosted(data, model_config.load(settings))
    return 0 if forest(data) and met else 1


def boosted(data: table.Table, config: model_config.ModelConfig) -> bool:
    """The product's model against the wrapper and against `pred_contribs`."""
    artefact = training.train(data, config)
    booster = xgboost.Booster()
    booster.load_model(bytearray(artefact.model))
    booster.set_param({"nthread": 1})
    wrapper = xgboost.XGBClassifier(n_jobs=1)
    wrapper.load_model(bytearray(artefact.model))
    ours = table_scorer.build(booster, data.rows.shape[1])
    assert ours is not None
    rows = data.rows[-CHECKED:]
    values, timed = rows.tolist(), rows[:TIMED]
    scores = np.array([ours.score(row) for row in values], dtype=np.float32)
    exact = np.array_equal(scores, wrapper.predict_proba(rows)[:, 1])
    theirs = booster.predict(xgboost.DMatrix(rows), pred_contribs=True, validate_features=False)
    mine = np.array([ours.contributions(row) for row in values])
    same = int((mine.argmax(axis=1) == theirs[:, :-1].argmax(axis=1)).sum())
    apart = float(np.abs(mine - theirs[:, :-1]).max())
    margins = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    sums = float(np.abs(mine.sum(axis=1) + theirs[0, -1] - margins).max())
    print(f"{CHECKED} rows: scores bit-exact {exact}, same top feature on {same}, contributions within {apart:.1e},")
    print(f"their sums within {sums:.1e} of the margin")

    def score() -> None:
        for row in values[:TIMED]:
            ours.score(row)

    def score_and_top() -> None:
        for row in values[:TIMED]:
            ours.score(row)
            ours.contributions(row).argmax()

    def wrapped() -> None:
        for row in timed:
            wrapper.predict_proba(row.reshape(1, -1))

    def contributed() -> None:
        for row in timed:
            data = xgboost.DMatrix(row.reshape(1, -1), nthread=1)
            booster.predict(data, pred_contribs=True, validate_features=False)[0, :-1].argmax()

    one, peer, both, full = harness.alternate(RUNS, score, wrapped, score_and_top, contributed)
    met = compare("score of one row", 6, one, peer) and exact
    return compare("score with exact top feature", 12, both, full) and met and same == CHECKED


def forest(data: table.Table) -> bool:
    """A forest of 100 trees of depth 10 against the scikit-learn that grew it."""
    rows = np.nan_to_num(data.rows)
    grown = RandomForestClassifier(100, max_depth=10, random_state=1, n_jobs=2).fit(
        rows[:-CHECKED], data.labels[:-CHECKED]
    )
    grown.set_params(n_jobs=1)
    quick = Quick([of_sklearn(tree.tree_) for tree in grown.estimators_], 0.0, rows.shape[1])
    values = rows[-CHECKED:].tolist()

    def ours(row: list[float]) -> float:
        return quick.margin(quick.intervals.rows(row), row) / len(grown.estimators_)

    apart = float(np.abs([ours(row) for row in values] - grown.predict_proba(rows[-CHECKED:])[:, 1]).max())
    print(f"forest: {CHECKED} rows within {apart:.1e} of scikit-learn")
    few = TIMED // 5

    def mine() -> None:
        for row in values[:few]:
            ours(row)

    def theirs() -> None:
        for row in rows[-CHECKED:][:few]:
            grown.predict_proba(row.reshape(1, -1))

    return (
        compare("forest row, 100 trees of depth 10", 100, *harness.alternate(RUNS, mine, theirs), rows=few)
        and apart <= 1e-9
    )


def of_sklearn(tree: Any) -> Tree:
    """A scikit-learn tree in our form: it goes left when x <= threshold, in double precision, so ours is the next
    single precision number above the largest that still goes left."""
    single = tree.threshold.astype(np.float32)
    below = np.where(single > tree.threshold, np.nextafter(single, np.float32(-np.inf)), single)
    share = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1)
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=np.maximum(tree.feature, 0),
        threshold=np.nextafter(below, np.float32(np.inf)),
        default_left=np.ones(tree.node_count, dtype=bool),
        value=share,
        cover=tree.weighted_n_node_samples,
    )


def compare(name: str, goal: float, ours: list[float], theirs: list[float], rows: int = TIMED) -> bool:
    """One result line, in microseconds a row."""
    mine, peer = ([float(f"{second / rows * 1e6:.4g}") for second in times] for times in (ours, theirs))
    return harness.report(name, harness.median(theirs) / harness.median(ours), goal, {"ours_us": mine, "peer_us": peer})


if __name__ == "__main__":
    sys.exit(main())
