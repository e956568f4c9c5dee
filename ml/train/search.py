"""Which settings a model learns with: chosen on the older rows alone, by cross-validation in time.

The older rows are cut into equal parts; each part after the first few is judged by a model of all rows before it, as
the test will be, without the entities whose fraud is known by then. How much a fraud counts is chosen first, with 1
among the candidates, then the depth, each with fewer rounds too. The configured settings stay unless others are better
in every part and by more than twice the standard error of the difference. Whatever is chosen, the scores of the newer
rows left out calibrate the model (`ml.train.recalibration`). The rows of the test are never looked at.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from core.models.performance.contest import average_precision
from ml.config import ModelConfig, TreesConfig
from ml.data.features import Rows
from ml.data.split import DAY, Indices, Protocol, known_by_day
from ml.data.table import Table
from ml.train import class_weight, recalibration
from ml.train.recalibration import Doubles, Line

START = 0.4  # share of the older rows that the first part learns from
LEAST = 5  # frauds that a part needs on both sides
Margins = Callable[[Rows, Doubles, TreesConfig, Rows, Sequence[int]], list[Doubles]]  # of the held-out rows, by rounds
Say = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings that won, the line that calibrates them, and for the card what was tried."""

    trees: TreesConfig
    line: Line = field(default_factory=Line)
    tried: list[dict[str, Any]] = field(default_factory=list)
    folds: int = 0


@dataclass(frozen=True, slots=True)
class SearchFold:
    """Row indices that learn and that judge."""

    older: Indices
    newer: Indices


@dataclass(frozen=True, slots=True)
class _Tried:
    trees: TreesConfig
    scores: Doubles  # average precision of each part
    margins: list[Doubles]


def parts(table: Table, older: Indices, config: ModelConfig, protocol: Protocol, most: int) -> list[SearchFold]:
    """At most `most` parts in time of the rows `older`, thinned to what the search may cost."""
    rules = config.search
    older = _thinned(table.labels, older, rules.rows, config.seed)
    edges = np.round(len(older) * np.linspace(START, 1, rules.folds + 1)).astype(int)
    found = []
    for start, end in list(pairwise(edges))[-most:]:
        learn, judge = older[:start], older[start:end]
        if table.times is not None and protocol.delay_days and len(judge):
            early = learn[table.times[learn] < table.times[judge[0]] - protocol.delay_days * DAY]
            learn = early if 2 * len(early) >= len(learn) else learn  # a week has no room for a week's delay
        if protocol.drop_known:
            judge = judge[~known_by_day(table, judge, 0.0)]
        frauds = [int(table.labels[side].sum()) for side in (learn, judge)]
        honest = [len(side) - n for side, n in zip((learn, judge), frauds, strict=True)]
        if min(*frauds, *honest) >= LEAST:
            found.append(SearchFold(learn, judge))
    return found


def _thinned(labels: Doubles, rows: Indices, most: int, seed: int) -> Indices:
    """At most `most` of the rows, drawn evenly in both classes and in their order."""
    if len(rows) <= most:
        return rows
    chosen = np.random.default_rng(seed).permutation(len(rows))
    shares = [chosen[labels[rows[chosen]] == label] for label in (0, 1)]
    kept = [part[: max(1, round(len(part) * most / len(rows)))] for part in shares]
    found: Indices = rows[np.sort(np.concatenate(kept))]
    return found


def choose(
    table: Table,
    cut: Sequence[SearchFold],
    trees: TreesConfig,
    shares: Sequence[float],
    fit: Margins,
    threads: int,
    say: Say,
) -> Chosen:
    """The best of the candidates of `trees`, each with `shares` of its rounds, calibrated; without parts `trees`."""
    if not cut:
        return Chosen(trees)
    rounds = sorted({max(1, round(trees.rounds * share)) for share in (1.0, *shares)})
    plans = list(_plans(table, cut, trees))
    total = sum(len(plan) for plan in plans)
    done = 0
    first: _Tried | None = None
    best: _Tried | None = None
    tried: list[dict[str, Any]] = []
    for plan in plans:
        base = trees if best is None else best.trees
        for change in plan:
            candidate = msgspec.structs.replace(base, **change)
            say(done / total, f"comparing settings, {done + 1} of {total}")
            done += 1
            found = _judged(table, cut, candidate, rounds, fit, threads)
            tried += [_row(one) for one in found]
            first = first or found[rounds.index(trees.rounds)]
            best = max([best or first, *(one for one in found if _beats(one, first))], key=_mean)
    assert best is not None
    return Chosen(best.trees, _line(table, cut, best.margins), tried, len(cut))


def calibrated(table: Table, cut: Sequence[SearchFold], trees: TreesConfig, fit: Margins, threads: int) -> Line:
    """The line of the configured settings, from the same parts."""
    if not cut:
        return Line()
    (found,) = _judged(table, cut, trees, [trees.rounds], fit, threads)
    return _line(table, cut, found.margins)


def _line(table: Table, cut: Sequence[SearchFold], margins: Sequence[Doubles]) -> Line:
    """From the newer half of the parts: models of few rows are less sure than the one that learns from all."""
    first = len(cut) // 2
    labels = np.concatenate([table.labels[part.newer] for part in cut[first:]])
    return recalibration.fit(labels, np.concatenate(margins[first:]))


def _mean(one: _Tried) -> float:
    return float(one.scores.mean())


def _beats(one: _Tried, first: _Tried) -> bool:
    """Whether it is better in every part, and in the mean by more than twice the standard error of the differences."""
    gains = one.scores - first.scores
    if len(gains) < 2 or gains.min() <= 0:
        return False
    return bool(gains.mean() > 2 * gains.std(ddof=1) / len(gains) ** 0.5)


def _row(one: _Tried) -> dict[str, Any]:
    return {
        "weight": one.trees.weight,
        "depth": one.trees.depth,
        "rounds": one.trees.rounds,
        "average_precision": _mean(one),
        "standard_error": float(one.scores.std(ddof=1)) / len(one.scores) ** 0.5 if len(one.scores) > 1 else None,
    }


def _plans(table: Table, cut: Sequence[SearchFold], trees: TreesConfig) -> Iterator[list[dict[str, float | int]]]:
    """What is tried together: first the weights, the configured one before the others, then other depths."""
    labels = table.labels[cut[-1].older]
    useful = {class_weight.of_fraud(one, labels) for one in (trees.weight, 1.0, *trees.weights)}
    own = class_weight.of_fraud(trees.weight, labels)
    yield [{"weight": one} for one in [own, *sorted(useful - {own})]]
    yield [{"depth": one} for one in trees.depths if one != trees.depth]


def _judged(
    table: Table, cut: Sequence[SearchFold], trees: TreesConfig, rounds: Sequence[int], fit: Margins, threads: int
) -> list[_Tried]:
    """A candidate with each number of rounds."""
    most = msgspec.structs.replace(trees, rounds=max(rounds))

    def margins(part: SearchFold) -> list[Doubles]:
        return fit(table.rows[part.older], table.labels[part.older], most, table.rows[part.newer], rounds)

    with ThreadPoolExecutor(threads) as pool:  # XGBoost lets go of Python's lock; one thread a fit wastes no waiting
        found = list(pool.map(margins, cut))
    return [
        _Tried(
            msgspec.structs.replace(trees, rounds=count),
            np.array([average_precision(table.labels[p.newer], m[i]) for p, m in zip(cut, found, strict=True)]),
            [margins[i] for margins in found],
        )
        for i, count in enumerate(rounds)
    ]
