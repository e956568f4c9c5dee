"""Scores become probabilities: two numbers, learnt on rows left out, are written into a model's own leaves.

A fraud that counts more than once, trees that stop early and a forest's bounded votes all move scores away from rates.
Logistic recalibration (Cox 1958, Platt 1999) puts them back: margin' = intercept + slope * margin, whose mean score is
the fraud rate of the rows it was fitted on. It is monotone, so the ranking stays, and linear in the margin, so it fits
into the leaves: the model stays one of plain trees, with exact SHAP values.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost

Doubles = npt.NDArray[np.float64]
LEAST = 20  # frauds, and honest rows, from which on a slope is fitted; below, only the level
_CLEAR = 4.605  # gain in log-likelihood of two numbers that chance exceeds in 1 % of cases (Wilks 1938)
_STEPS = 60
_PRIOR = 1e-3  # of a slope of 1, so that separated classes keep a finite one


@dataclass(frozen=True, slots=True)
class Line:
    """margin' = intercept + slope * margin, and from how many rows and frauds it was fitted."""

    intercept: float = 0.0
    slope: float = 1.0
    rows: int = 0
    frauds: int = 0


def fit(labels: Doubles, margins: Doubles) -> Line:
    """The line under which `margins` (n,) mean the labels (n,) best, with a slope above 0.

    The margins stay as they are where no line is clearly better. Where a class has fewer than `LEAST` rows the slope
    stays 1, and the line only meets the fraud rate.
    """
    frauds = int(labels.sum())
    rows = len(labels)
    if not 0 < frauds < rows:
        return Line()
    sloped = min(frauds, rows - frauds) >= LEAST and float(np.std(margins)) > 1e-6
    intercept, slope = _newton(labels, margins, sloped)
    if _loss(labels, margins, 1.0) - _loss(labels, intercept + slope * margins, slope) < _CLEAR:
        return Line(rows=rows, frauds=frauds)
    if not slope > 0.05:  # the scores tell nothing; to turn them round would be to learn from chance
        intercept, slope = _newton(labels, margins, False)
    return Line(intercept, slope, rows, frauds)


def _newton(labels: Doubles, margins: Doubles, sloped: bool) -> tuple[float, float]:
    """Intercept and slope of the greatest likelihood; steps are halved while they do not raise it."""
    rate = float(labels.mean())
    found = np.array([np.log(rate / (1 - rate)) - float(margins.mean()), 1.0])
    design = np.column_stack([np.ones(len(margins)), margins])
    free = 2 if sloped else 1
    loss = _loss(labels, design @ found, found[1])
    for _ in range(_STEPS):
        scores = 1 / (1 + np.exp(-design @ found))
        gradient = design[:, :free].T @ (scores - labels)
        curvature = (design[:, :free] * (scores * (1 - scores))[:, None]).T @ design[:, :free]
        curvature += 1e-9 * np.eye(free)
        if sloped:
            gradient[1] += _PRIOR * (found[1] - 1)
            curvature[1, 1] += _PRIOR
        step = np.append(np.linalg.solve(curvature, gradient), [0.0] * (2 - free))
        while (after := _loss(labels, design @ (found - step), found[1] - step[1])) > loss + 1e-12:
            step /= 2
            if float(np.abs(step).max()) < 1e-12:
                return float(found[0]), float(found[1])
        found, moved, loss = found - step, float(np.abs(step).max()), after
        if moved < 1e-9:
            break
    return float(found[0]), float(found[1])


def _loss(labels: Doubles, margins: Doubles, slope: float) -> float:
    return float(np.sum(np.logaddexp(0, margins) - labels * margins)) + _PRIOR / 2 * (slope - 1) ** 2


def applied(booster: xgboost.Booster, line: Line, start: float) -> xgboost.Booster:
    """The booster with the line in its leaves; `start` is the score that it begins from, which stays.

    Its margin is that of `start` and a leaf of each tree, so each leaf takes the slope and its part of the rest.
    """
    document: dict[str, Any] = json.loads(bytes(booster.save_raw(raw_format="json")))
    trees = document["learner"]["gradient_booster"]["model"]["trees"]
    margin = float(np.log(start / (1 - start)))
    share = (line.intercept + (line.slope - 1) * margin) / len(trees)
    for tree in trees:
        leaf = np.array(tree["left_children"]) == -1
        for field in ("split_conditions", "base_weights"):
            values = np.array(tree[field], dtype=np.float64)
            moved = (values * line.slope + share).astype(np.float32)
            tree[field] = [float(v) for v in np.where(leaf, moved, np.array(tree[field], dtype=np.float32))]
    found = xgboost.Booster()
    found.load_model(bytearray(json.dumps(document).encode()))
    return found
