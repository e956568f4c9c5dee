"""A quieter setting is proposed only where nothing that was right is lost, over a month of spikes and attacks."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.backtest import proposal
from alerts.backtest.run import run
from alerts.backtest.spec import BacktestResult, Firing, Series, Spec, Variant
from alerts.evaluate import ruleset
from alerts.evaluate.ruleset import Rule
from core import settings
from core.alerting.judgement import Told

START, DAYS, RULE = 1_800_000_000.0, 4, "A2"


def rules(folder: Path) -> tuple[Any, ruleset.Rules]:
    shutil.copytree(settings.ROOT / "config", folder / "config")
    known = settings.load({"GATEHOUSE_CONFIG": str(folder / "config")})
    return known, ruleset.load(known)


def told(number: int, began: float, end: float | None, judgement: Any, series: str = "") -> Told:
    def at(value: float) -> datetime:
        return datetime.fromtimestamp(value, UTC)

    over = None if end is None else at(end)
    return Told(
        f"i{number}", RULE, series, "high", "x", at(began), at(began + 300), at(began + 300), None, over, judgement
    )


def history(seed: int) -> tuple[list[tuple[float, float | None]], list[tuple[float, float, bool]]]:
    """Minutes of a latency, and what happened in it: (from, to, is it real). Spikes last six to eight minutes."""
    dice = random.Random(seed)
    minutes = DAYS * 1440
    values: list[float | None] = [50 + dice.gauss(0, 5) for _ in range(minutes)]
    happened = []
    for day in range(DAYS):
        for hour, real in ((3, False), (9, False), (15, True), (21, False)):
            first = day * 1440 + hour * 60 + dice.randrange(30)
            length = dice.randrange(30, 60) if real else dice.randrange(6, 9)
            for minute in range(first, first + length):
                values[minute] = 180 + dice.gauss(0, 10)
            happened.append((START + 60 * first, START + 60 * (first + length), real))
    return [(START + 60 * minute, value) for minute, value in enumerate(values)], happened


def search(folder: Path, seed: int) -> tuple[proposal.Proposal, Rule]:
    known, loaded = rules(folder)
    rule = loaded.by_id()[RULE]
    points, happened = history(seed)
    series = Series("s", points)
    incidents = [
        told(number, start, end, "right" if real else "useless") for number, (start, end, real) in enumerate(happened)
    ]
    base, tried = None, []
    for variants in proposal.batches(proposal.settings_of(rule), 3):
        found = run(known, None, loaded, Spec(RULE, variants=[Variant(), *variants], series=series), START)
        base, tried = found.variants[0], tried + found.variants[1:]
    assert base is not None
    return proposal.choose(rule, base, tried, incidents, START, START + DAYS * 86_400), rule


def test_short_spikes_are_waited_out_and_no_attack_is_lost(tmp_path: Path) -> None:
    found, _ = search(tmp_path, 1)
    assert found.before is not None
    assert found.after is not None
    assert (found.right, found.false) == (DAYS, 3 * DAYS)
    assert found.before.false == 3 * DAYS
    assert found.after.false <= found.before.false / 2
    assert found.after.pages == found.after.false + found.right
    assert set(found.set) <= {"for", "keep_firing_for", "above"}
    assert 0 < found.after.delay <= 600


def result(name: str, *spans: tuple[float, float | None], series: str = "", **changed: Any) -> BacktestResult:
    firings = [Firing(series, start, start, end, None) for start, end in spans]
    return BacktestResult(name, changed, None, None, firings, 0, None, 0, len(firings), 0, 0)


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    return rules(tmp_path)[1].by_id()[RULE]


def test_a_setting_that_loses_one_is_none(rule: Rule) -> None:
    incidents = [told(1, 0, 600, "right"), told(2, 10_000, 10_600, "wrong")]
    now = result("now", (100, 600), (10_100, 10_600))
    blind = result("blind", above=200)
    found = proposal.choose(rule, now, [blind], incidents, 0, 20_000)
    assert found.after is None
    assert "without losing" in found.why
    good = result("good", (200, 600), above=150)
    found = proposal.choose(rule, now, [blind, good], incidents, 0, 20_000)
    assert (found.set, found.after and found.after.false, found.before and found.before.false) == ({"above": 150}, 0, 1)


def test_without_a_wrong_one_there_is_nothing_to_find(rule: Rule) -> None:
    found = proposal.choose(rule, result("now", (0, 9)), [result("x")], [told(1, 0, 600, "right")], 0, 900)
    assert found.after is None
    assert "judged wrong or useless" in found.why


def test_firings_of_another_series_are_not_the_same(rule: Rule) -> None:
    scored = proposal.score(result("x", (0, 900), series="a"), [told(1, 0, 600, "right", "b")], 900)
    assert scored.lost == ["i1"]
    scored = proposal.score(result("x", (0, None), series="b"), [told(1, 0, None, None, "b")], 900)
    assert (scored.lost, scored.unjudged) == ([], 1)


def test_settings_are_written_as_the_file_has_them(rule: Rule) -> None:
    known = [one.set for one in proposal.settings_of(rule)]
    assert len(known) == proposal.MOST
    assert {"for": "7m"} in known
    assert {"above": 110.0} in known
