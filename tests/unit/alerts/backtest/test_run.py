"""Backtests over a series: firings, the variant beside it, and what is wrong with what was asked for."""

import shutil
from pathlib import Path

import pytest

from alerts.backtest.cli import read_csv, report
from alerts.backtest.run import run, thinned
from alerts.backtest.spec import Result, Series, Spec, Variant, decode
from alerts.evaluate import ruleset
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
    good.write_text("t,v\n2026-01-01 00:05:00,3\n2026-01-01 00:00:00,1\n2026-01-01 00:05:00,3\n2026-01-01 00:10:00,\n")
    assert [value for _, value in read_csv(good, "t", "v").points] == [1.0, 3.0, None]  # a row twice is no second value
    bad = tmp_path / "bad.csv"
    bad.write_text("t,v\n2026-01-01,1\nyesterday,2\n")
    with pytest.raises(BadInput, match="row 3, column t"):
        read_csv(bad, "t", "v")
    with pytest.raises(BadInput, match="no column 'x'; it has t, v"):
        read_csv(good, "x", "v")
    bad.write_text("t,v\n2026-01-01,1\n2026-01-02,much\n")
    with pytest.raises(BadInput, match="row 3, column v"):
        read_csv(bad, "t", "v")


LONG = "t,status,v\n" + "".join(
    f"2026-01-01T{i // 60:02d}:{i % 60:02d}:00Z,{name},{150 if name == 'slow' and 20 <= i < 50 else 50}\n"
    for i in range(120)
    for name in ("slow", "fast")
)


def known(folder: Path) -> settings.Settings:
    if not (folder / "config").exists():
        shutil.copytree(settings.ROOT / "config", folder / "config")
    return settings.load({"GATEHOUSE_CONFIG": str(folder / "config")})


def test_a_file_in_long_form_is_an_error_that_says_how_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(LONG)
    with pytest.raises(BadInput) as caught:
        read_csv(path, "t", "v")
    assert "row 42: '2026-01-01T00:20:00Z' has another value in row 41" not in str(caught.value)  # slow comes first
    assert "has another value in row" in str(caught.value)
    assert (
        "set a series column (status) or choose how to combine duplicate timestamps (sum, mean, min, max, last)"
        in str(caught.value)
    )
    assert max(value or 0 for _, value in read_csv(path, "t", "v", combine="sum").points) == 200
    with pytest.raises(BadInput, match="no column 'region'; it has t, status, v"):
        read_csv(path, "t", "v", by="region")
    path.write_text(LONG + "2026-01-01T00:20:00Z,slow,7\n")
    with pytest.raises(BadInput, match="of 'slow' has another value in row"):
        read_csv(path, "t", "v", by="status")


def test_each_series_of_a_long_form_is_judged_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(LONG)
    series = read_csv(path, "t", "v", by="status", unit="req")
    rules = known(tmp_path)
    result = run(rules, None, ruleset.load(rules), Spec("A2", series=series), START)
    [variant] = result.variants
    assert [(one.series, one.start - one.began) for one in variant.firings] == [("slow", 300.0)]
    assert (result.evaluations, result.step, result.chart.unit, result.chart.series) == (240, 60.0, "req", "slow")
    text = "\n".join(report(result))
    assert "240 points, one every 1 min (series)" in text
    assert "slow" in text
    assert "worst 150 req" in text
    usual = run(rules, None, ruleset.load(rules), Spec("traffic-anomaly", series=series), START).variants[0]
    assert {one.series for one in usual.firings} <= {"slow"}


def test_what_could_not_be_judged_is_no_quiet_rule(tmp_path: Path) -> None:
    rules = known(tmp_path)
    series = Series("hourly", [(START + 3600 * i, 100.0 * (i != 20)) for i in range(24)])
    variants = [Variant(), Variant("tried", {"trailing": "60h", "window": "60m"})]
    spec = Spec("traffic-anomaly", variants=variants, series=series)
    text = "\n".join(report(run(rules, None, ruleset.load(rules), spec, START)))
    assert "as configured: 24 of 24 points could not be evaluated: not enough history for a baseline" in text
    assert "trailing = 3h holds 3 points of this series (one every 1 h), 20 are needed; try --set trailing=60h" in text
    assert "as configured: 0 firings" not in text
    missing = Series("gaps", [(START + 60 * i, None if i % 2 else 50.0) for i in range(10)])
    found = run(rules, None, ruleset.load(rules), Spec("A2", series=missing), START).variants[0]
    assert (found.judged, found.unjudged, found.why) == (10, 5, "no value")
    with pytest.raises(BadInput, match="needs two points"):
        run(rules, None, ruleset.load(rules), Spec("A2", series=Series("one", [(START, 1.0)])), START)


def test_the_report_names_every_firing(tmp_path: Path) -> None:
    text = "\n".join(report(asked(tmp_path, [50.0] * 5 + [150.0] * 20 + [50.0] * 10, [Variant()])))
    assert "1 firings" in text
    assert "worst 150" in text
    assert "ms" not in text  # the rule's unit is not the file's


def test_thinning_keeps_the_peaks() -> None:
    points = [(float(i), 1.0) for i in range(100_000)]
    points[54_321] = (54_321.0, 99.0)
    kept = thinned(points)  # type: ignore[arg-type]
    assert len(kept) <= 1500
    assert (54_321.0, 99.0) in kept
