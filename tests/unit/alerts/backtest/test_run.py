"""Backtests over a series: firings, the variant beside it, and what is wrong with what was asked for."""

import shutil
from pathlib import Path

import pytest

from alerts import ruleset
from alerts.backtest.cli import read_csv, report
from alerts.backtest.run import run, thinned
from alerts.backtest.spec import Result, Series, Spec, Variant, decode
from core import settings
from core.errors import BadInput

START = 1_800_000_000.0


def asked(folder: Path, values: list[float | None], variants: list[Variant], rule: str = "A2") -> Result:
    if not (folder / "config").exists():
        shutil.copytree(settings.ROOT / "config", folder / "config")
    known = settings.load({"GATEHOUSE_CONFIG": str(folder / "config")})
    series = Series("s", [(START + 60 * i, value) for i, value in enumerate(values)])
    return run(known, None, ruleset.load(known), Spec(rule, variants=variants, series=series), START)


def test_a_series_fires_for_as_long_as_it_is_bad(tmp_path: Path) -> None:
    values: list[float | None] = [50.0] * 10 + [150.0] * 20 + [400.0] + [50.0] * 30
    result = asked(tmp_path, values, [Variant(), Variant("tried", {"above": 300, "for": 0})])
    configured, tried = result.variants
    [firing] = configured.firings
    assert firing.began == START + 600
    assert firing.start == START + 900
    assert firing.end == START + 31 * 60 + 120
    assert firing.peak == 400.0
    assert configured.detect_seconds == 300.0
    assert (tried.pages, tried.above, tried.flaps) == (1, 300.0, 1)
    assert result.evaluations == 61
    assert configured.pages_per_day == pytest.approx(24.0)


def test_missing_points_neither_fire_nor_resolve(tmp_path: Path) -> None:
    values: list[float | None] = [150.0] * 7 + [None] * 40 + [150.0] * 3 + [50.0] * 20
    [variant] = asked(tmp_path, values, [Variant()]).variants
    assert (variant.pages, variant.missing) == (1, 1)


def test_the_anomaly_rule_judges_a_series_by_its_own_past(tmp_path: Path) -> None:
    values: list[float | None] = [100.0 + i % 5 for i in range(180)] + [500.0] * 10 + [100.0] * 30
    [variant] = asked(tmp_path, values, [Variant()], "traffic-anomaly").variants
    assert variant.pages == 1


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ({"abvoe": 3}, "abvoe"),
        ({"for": "soon"}, "for|matching"),
        ({"above": "high"}, "above"),
    ],
)
def test_a_field_that_does_not_fit_is_named(tmp_path: Path, variant: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        asked(tmp_path, [1.0, 2.0], [Variant("tried", variant)])


def test_unknown_rules_and_kinds_that_cannot_judge_a_series(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no rule 'A9'"):
        asked(tmp_path, [1.0, 2.0], [Variant()], "A9")
    with pytest.raises(BadInput, match="mfa"):
        asked(tmp_path, [1.0, 2.0], [Variant()], "A4")


def test_a_spec_of_the_page_is_checked_by_field() -> None:
    with pytest.raises(BadInput, match=r"\$\.variants"):
        decode({"rule": "A1", "variants": []})
    assert decode({"rule": "A1", "from": 1, "to": 2}).variants == [Variant()]


def test_a_csv_is_read_in_order_of_time_and_its_mistakes_are_named(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text("t,v\n2026-01-01 00:05:00,2\n2026-01-01 00:00:00,1\n2026-01-01 00:05:00,3\n2026-01-01 00:10:00,\n")
    assert [value for _, value in read_csv(good, "t", "v").points] == [1.0, 3.0, None]
    bad = tmp_path / "bad.csv"
    bad.write_text("t,v\n2026-01-01,1\nyesterday,2\n")
    with pytest.raises(BadInput, match="row 3, column t"):
        read_csv(bad, "t", "v")
    with pytest.raises(BadInput, match="no column 'x'; it has t, v"):
        read_csv(good, "x", "v")
    bad.write_text("t,v\n2026-01-01,1\n2026-01-02,much\n")
    with pytest.raises(BadInput, match="row 3, column v"):
        read_csv(bad, "t", "v")


def test_the_report_names_every_firing(tmp_path: Path) -> None:
    text = "\n".join(report(asked(tmp_path, [50.0] * 5 + [150.0] * 20 + [50.0] * 10, [Variant()])))
    assert "1 firings" in text
    assert "worst 150 ms" in text


def test_thinning_keeps_the_peaks() -> None:
    points = [(float(i), 1.0) for i in range(100_000)]
    points[54_321] = (54_321.0, 99.0)
    kept = thinned(points)  # type: ignore[arg-type]
    assert len(kept) <= 1500
    assert (54_321.0, 99.0) in kept
