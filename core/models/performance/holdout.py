"""Blocked traffic weighted back: a small share of it is let through to REVIEW, and its labels stand for the rest. Pure.

A blocked transaction never shows what it was, so precision measured on what was let through says nothing of it, and
labels of blocked ones (appeals of honest customers) are a biased choice. Which are held out follows from a keyed hash
of the transaction's id: nobody outside can tell, and the same transaction is always decided alike.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from msgspec import Struct

from core.models.performance.interval import LEVEL, Interval

DRAWS = 4000


class HeldOut(Struct, frozen=True):
    """Labelled transactions that were let through with probability `share` though their score meant BLOCKED."""

    share: float
    fraud: int
    legit: int


class Weighted(Struct, frozen=True):
    """The confusion matrix with blocked traffic weighted back; `labelled` held-out transactions carry the weight."""

    tp: float
    fn: float
    fp: float
    tn: float
    labelled: int
    rates: dict[str, float | None]
    intervals: dict[str, Interval | None]


def held_out(key: bytes, transaction_id: str, share: float) -> bool:
    """Whether this transaction is in the hold-out of `share` (0..1). Raises ValueError without a key."""
    if share <= 0:
        return False
    if not key:
        raise ValueError("a hold-out needs a secret key, otherwise its members could be predicted")
    digest = blake2b(transaction_id.encode("utf-8", "surrogatepass"), digest_size=8, key=blake2b(key).digest()).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def weighted(
    tp: int, fn: int, fp: int, tn: int, groups: Iterable[HeldOut], level: float = LEVEL, seed: int = 0
) -> Weighted | None:
    """The matrix of everything from that of labelled, unblocked transactions without the held-out ones, and those.

    Each labelled held-out transaction counts 1/share times (Horvitz and Thompson 1952). Intervals are quantiles of
    draws of each share of fraud from its posterior under Jeffreys' prior. None when no held-out one has a label.
    """
    kept = [group for group in groups if group.share > 0 and group.fraud + group.legit]
    if not kept:
        return None
    random = np.random.default_rng(seed)
    fraud = np.zeros(DRAWS)
    total = sum((group.fraud + group.legit) / group.share for group in kept)
    for group in kept:
        drawn = random.beta(group.fraud + 0.5, group.legit + 0.5, DRAWS)
        fraud += drawn * (group.fraud + group.legit) / group.share
    back = sum(group.fraud / group.share for group in kept)
    caught, missed = random.beta(tp + 0.5, fp + 0.5, DRAWS) * (tp + fp), random.beta(fn + 0.5, tn + 0.5, DRAWS)
    drawn_tp, drawn_fn = fraud + caught, missed * (fn + tn)
    flagged = tp + fp + total
    whole_tp, whole_fp = tp + back, fp + total - back
    points = {"precision": _share(whole_tp, flagged), "recall": _share(whole_tp, whole_tp + fn)}
    bounds = [(1 - level) / 2, (1 + level) / 2]
    draws = {"precision": drawn_tp / flagged, "recall": drawn_tp / np.maximum(drawn_tp + drawn_fn, 1e-12)}
    intervals: dict[str, Interval | None] = {}
    for name, values in draws.items():
        low, high = np.quantile(values, bounds)
        intervals[name] = None if points[name] is None else (float(low), float(high))
    labelled = sum(group.fraud + group.legit for group in kept)
    return Weighted(whole_tp, float(fn), whole_fp, float(tn), labelled, points, intervals)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
