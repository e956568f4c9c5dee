"""Two reports side by side: what began, what ceased, what is new."""

import numpy as np

from core.models.drift.baseline import fit
from core.models.drift.changes import between
from core.models.drift.params import DriftParams
from ml.drift.judge import judge


def test_what_began_comes_first() -> None:
    random = np.random.default_rng(1)
    base = fit({name: random.normal(size=600) for name in ("a", "b", "c")})
    first = {"a": random.normal(size=300), "b": random.normal(1, 1, 300), "c": random.normal(size=300)}
    second = {
        "a": random.normal(1, 1, 300),
        "b": random.normal(size=300),
        "c": random.normal(size=300),
        "d": [1.0] * 300,
    }
    found = between(judge(base, first, DriftParams(), 0.0), judge(base, second, DriftParams(), 0.0))
    assert [(change.name, change.kind) for change in found.columns] == [
        ("a", "began"),
        ("b", "ceased"),
        ("d", "other"),
        ("c", "same"),
    ]
    began, new = found.columns[0], found.columns[2]
    assert began.effect_before is not None
    assert began.effect_after is not None
    assert began.effect_before < 1 < began.effect_after
    assert (new.before, new.after) == (None, "added")
    assert (found.share_before, found.share_after) == (0.3333, 0.3333)
