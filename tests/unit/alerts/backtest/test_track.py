"""What the evaluator decides over a track without its quiet stretches is what it decides tick by tick."""

import random
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from alerts.backtest.run import Followed, follow
from alerts.backtest.spec import Variant, varied
from alerts.backtest.track import QUIET, Run, Track, firings_of
from alerts.evaluate import ruleset
from alerts.evaluate.evaluation import judge
from alerts.evaluate.rule import Limits, Reading
from alerts.evaluate.ruleset import Rule
from core import settings

START = 1_800_000_000.0
Ticks = list[tuple[float, list[Reading]]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ruleset.Rules]:
    folder = tmp_path_factory.mktemp("config")
    shutil.copytree(settings.ROOT / "config", folder / "config")
    known = settings.load({"GATEHOUSE_CONFIG": str(folder / "config")})
    return known, ruleset.load(known)


def random_ticks(seed: int, limit: float, series: int, above: bool = True) -> Ticks:
    """Mostly quiet readings, with bad stretches, gaps in time, missing ones, errors and series that come and go."""
    dice, found, at = random.Random(seed), [], START
    state = dict.fromkeys(range(series), ("good", 0))
    for _ in range(1500):
        at += dice.choice([60.0] * 30 + [400.0])
        here = []
        for name, (kind, left) in state.items():
            if left <= 0:
                kind = dice.choices(["good", "bad", "none", "error", "few", "between"], [12, 4, 1, 1, 1, 2])[0]
                left = dice.randrange(1, 60)
            state[name] = (kind, left - 1)
            share = {"good": 0.5, "bad": dice.uniform(1.01, 3), "between": 0.95}.get(kind, 1.0)
            value = limit * share if above else limit / share
            here.append(
                Reading(f"s{name}" if series > 1 else "", None, error="x" if kind == "error" else "")
                if kind in ("none", "error")
                else Reading(f"s{name}" if series > 1 else "", value, 0 if kind == "few" else 1000)
            )
        if series > 1 and dice.random() < 0.02:
            here.pop(dice.randrange(len(here)))
        if series > 1 and dice.random() < 0.01:
            here[0] = here[0]._replace(gone=True)
        found.append((at, here))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("name", "limit", "series"), [("A1", 3.0, 1), ("response-time", 5.0, 4), ("K1", 500.0, 1)])
def test_skipping_changes_nothing(loaded: Any, name: str, limit: float, series: int, seed: int) -> None:
    known, rules = loaded
    ticks, fired = random_ticks(seed, limit, series, name != "K1"), 0
    for changed in ({}, {"for": "20m"}, {"keep_firing_for": "30m", "above" if name != "K1" else "below": limit * 1.5}):
        rule = varied(rules.by_id()[name].config, rules.settings, Variant("x", changed))
        whole = follow(rule, ticks, known.config.windows, 60.0, Followed())
        run = Run(Track.of(ticks, 60.0), known.config.windows)
        assert run.over(rule) == whole.firings
        assert run.found.missing == whole.missing
        fired += len(whole.firings)
    assert fired or name == "K1"


def test_a_rule_that_changes_on_the_way_is_adopted(loaded: Any) -> None:
    known, rules = loaded
    rule = rules.by_id()["A1"]
    later = varied(rule.config, rules.settings, Variant("x", {"for": "30m"}))
    ticks = random_ticks(3, 3.0, 1)
    run = Run(Track.of(ticks, 60.0), known.config.windows)
    run.over(rule, 0, 700)
    both = run.over(later, 700)
    first, second = firings_of(rule, Track.of(ticks, 60.0), known.config.windows), ticks[700][0]
    assert [one.start for one in both if one.start < second] == [one.start for one in first if one.start < second]
    assert len(both) < len(first)


def with_limits(rules: ruleset.Rules) -> Iterator[Rule]:
    yield from (rule for rule in rules.rules if isinstance(rule.parameters, Limits))


def test_limits_decide_alone_for_every_kind_that_has_them(loaded: Any) -> None:
    _, rules = loaded
    for rule in with_limits(rules):
        limits = rule.parameters
        edges = [limit for limit in (limits.above, limits.below) if limit is not None]
        values = [value for edge in edges for value in (edge, edge * 1.0001 + 1e-9, edge * 0.9999 - 1e-9)]
        readings = [Reading("", value, n) for value in [*values, None] for n in (0, limits.minimum, 10**6)]
        track = Track.of(((START + 60 * i, [one]) for i, one in enumerate(readings)), 60.0)
        loud = set(track.loud(rule).tolist())
        for place, one in enumerate(readings):
            assert (place in loud) == (judge(rule, one).state not in QUIET), (rule.id, one)


def test_an_empty_track_has_no_firing(loaded: Any) -> None:
    known, rules = loaded
    assert firings_of(rules.by_id()["A1"], Track(60.0), known.config.windows) == []
