"""Drift between two files by the documented command, which needs no database."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from core.models.drift import baseline as fitted
from core.models.drift.report import Report
from core.settings import load
from ml import cli
from ml.data.features import Feature
from ml.drift import reports
from ml.drift.chunked_data import Chunking
from ml.drift.judge import judge
from ml.drift.reports import Columns
from ml.train import baseline
from tests.unit.simulator.replay.sample import sample

LIMITS = reports.params(load({}))


def run(*words: str) -> int:
    return cli.run(cli.parser().parse_args(["drift", *words]), load({}))


def states(report: Report) -> dict[str, str]:
    return {column.name: column.state for column in report.columns}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A reference and current data in which `amount` grew and the rest stayed."""
    random = np.random.default_rng(1)
    paths = tmp_path / "before.csv", tmp_path / "after.csv"
    for path, factor in zip(paths, (1.0, 2.0), strict=True):
        amounts, ages, labels = random.lognormal(3, 1, 400) * factor, random.normal(size=400), random.random(400) < 0.1
        lines = [f"{n},{a:.2f},{b:.3f},{int(c)}" for n, (a, b, c) in enumerate(zip(amounts, ages, labels, strict=True))]
        path.write_text("\n".join([",amount,age,is_fraud", *lines]) + "\n")
    return paths


def test_the_command_prints_and_writes_the_report(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, document = tmp_path / "report.html", tmp_path / "report.json"
    words = [str(files[0]), str(files[1]), "--label", "is_fraud", "--html", str(page), "--json", str(document)]
    assert run(*words, "--check") == 3
    printed = capsys.readouterr().out
    assert "drifted       amount" in printed
    assert "RETRAIN: 1 of 2 features drifted (50 %)" in printed
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads(document.read_text())["verdict"] == "retrain"
    assert run(*words, "--check", "--threshold", "0.5") == 0


def test_columns_have_their_roles(files: tuple[Path, Path]) -> None:
    report = reports.of_files(*files, Columns(label="is_fraud", ignore=["age"]), LIMITS, 0.0)
    assert states(report) == {"amount": "drifted", "is_fraud": "stable", "age": "skipped", "unnamed 1": "skipped"}
    assert {column.name: column.role for column in report.columns}["is_fraud"] == "target"
    assert report.judged == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--label", "nope"], "before.csv, row 1: has no column 'nope'; it has unnamed 1, amount, age, is_fraud"),
        (["--threshold", "2"], "--threshold: 2 is not a share between 0 and 1"),
        (["--html", "/nonexistent/x.html"], "/nonexistent/x.html: cannot be written"),
    ],
)
def test_a_wrong_option_is_one_sentence(files: tuple[Path, Path], words: list[str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(str(files[0]), str(files[1]), *words)
    assert said in str(caught.value)


def test_three_files_are_one_too_many(files: tuple[Path, Path]) -> None:
    with pytest.raises(BadInput, match="at most two files"):
        run(str(files[0]), str(files[1]), str(files[0]))


def test_the_flights_that_changed_are_found_and_distance_is_left_alone() -> None:
    folder = "popmon_flights"
    reference, current = sample(f"{folder}/flight_delays_reference.csv.gz"), sample(f"{folder}/flight_delays.csv.gz")
    report = reports.of_files(reference, current, Columns(), LIMITS, 0.0)
    found = {column.name: column for column in report.columns}
    assert found["CANCELLED"].state == found["AIRLINE"].state == "drifted"
    assert found["AIRLINE"].notes == ["gone: 'US'"]
    assert "2.2 % → 0.9 %" in found["CANCELLED"].reason
    assert found["DISTANCE"].state == "stable"
    # A cancelled flight has no delay and no time in the air: fewer of them are missing for the same reason.
    assert {found[name].reason[:7] for name in ("DEPARTURE_DELAY", "TAXI_OUT", "AIR_TIME")} == {"missing"}
    assert (found["DATE"].state, found["unnamed 1"].state) == ("skipped", "skipped")


def exported(seed: int, truths: tuple[str, str], mark: str = ",", header: str = "") -> str:
    """A week's rows as some tool exports them: numbered on, with times and days of that week."""
    random = np.random.default_rng(seed)
    lines = ["created_at,day,order_id,amount,new".replace(",", mark)]
    for i, (amount, new) in enumerate(zip(random.lognormal(3, 1, 300), random.random(300) < 0.3, strict=True)):
        values = [
            1_760_000_000 + seed * 604_800 + i,
            f"202510{10 + seed}",
            seed * 300 + i,
            f"{amount:.2f}",
            truths[int(new)],
        ]
        lines.append(mark.join(map(str, values)).replace(".", "," if mark == ";" else "."))
    if header:
        lines = [f"{header}{mark}{lines[0]}", *(f"{i}{mark}{line}" for i, line in enumerate(lines[1:]))]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("truths", "mark", "header"),
    [
        (("False", "True"), ",", ""),
        (("FALSE", "TRUE"), ";", "Unnamed: 0"),
        (("f", "t"), "\t", ""),
        (("0", "1"), ",", "__index_level_0__"),
    ],
)
def test_the_same_data_of_another_tool_and_week_has_not_drifted(
    tmp_path: Path, truths: tuple[str, str], mark: str, header: str
) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text(exported(1, ("False", "True")))
    after.write_text(exported(2, truths, mark, header))
    report = reports.of_files(before, after, Columns(), LIMITS, 0.0)
    assert states(report) == {
        "created_at": "skipped", "day": "skipped", "order_id": "skipped", "amount": "stable", "new": "stable",
    }  # fmt: skip


def test_labels_of_two_files_are_compared_by_what_they_say(tmp_path: Path) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text("a,bad\n" + "".join(f"{i % 7},{int(i % 5 == 0)}\n" for i in range(200)))
    after.write_text("a,bad\n" + "".join(f"{i % 7},{'fraud' if i % 5 == 0 else 'legit'}\n" for i in range(200)))
    assert states(reports.of_files(before, after, Columns("bad"), LIMITS, 0.0)) == {"a": "stable", "bad": "stable"}
    after.write_text(after.read_text().replace("fraud", "stolen"))
    assert states(reports.of_files(before, after, Columns("bad"), LIMITS, 0.0))["bad"] == "drifted"


def test_one_unseen_value_does_not_move_a_champions_flag() -> None:
    feature = Feature("new", "category", categories=("f", "t"), unseen=0.5)
    random = np.random.default_rng(2)
    before, after = ((random.random((3000, 1)) < 0.3).astype(np.float32) for _ in range(2))
    kept = baseline.of((feature,), before, np.array([0.0, 1.0]), np.array([0.1, 0.9])).baseline
    after[5] = 0.5
    table = {"new": baseline.meant(feature, after[:, 0])}
    found = {column.name: column for column in judge(kept, table, LIMITS, 0.0).columns}["new"]
    assert (found.state, found.notes) == ("stable", ["new: 'any other' (1 row)"])


NAMES = ["r", *(f"c{i}" for i in range(9)), "y"]


def rows(seed: int, n: int, kinds: dict[str, float], label: bool = True) -> list[str]:
    """Rows of a category in numbers, nine numbers and a label."""
    random = np.random.default_rng(seed)
    chosen = random.choice(list(kinds), n, p=np.array(list(kinds.values())) / sum(kinds.values()))
    values, labels = random.normal(size=(n, 9)), random.integers(0, 2, n)
    return [
        ",".join([word, *(f"{v:.3f}" for v in row), *([str(truth)] if label else [])])
        for word, row, truth in zip(chosen, values, labels, strict=True)
    ]


ALL = {"0": 0.45, "1": 0.25, "2": 0.22, "16": 0.03, "17": 0.05}
KEPT, RARE = {"0": 0.49, "1": 0.27, "2": 0.24}, {"16": 0.36, "17": 0.64}


def write(path: Path, lines: list[str], label: bool = True) -> Path:
    path.write_text("\n".join([",".join(NAMES if label else NAMES[:-1]), *lines]) + "\n")
    return path


def test_categories_that_vanish_and_return_are_not_ok_with_and_without_chunks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write(tmp_path / "ref.csv", rows(1, 5000, ALL))
    after = write(tmp_path / "whole.csv", [*rows(2, 3000, ALL), *rows(3, 250, RARE), *rows(4, 2000, KEPT)])
    whole = reports.of_files(before, after, Columns("y"), LIMITS, 0.0)
    assert whole.verdict == "watch"
    assert "'r' since row 3,00" in whole.summary
    assert run(str(before), str(after), "--label", "y", "--chunk", "500") == 0
    printed = capsys.readouterr().out
    assert "in 5 of 11 chunks, since row 3,001 (line 3,002)" in printed
    assert "rows 3,001–3,500 (500 rows)  r: " in printed
    assert "6 without change" in printed


def test_one_of_ten_features_that_lost_categories_is_no_ok_and_a_late_label_no_watch(tmp_path: Path) -> None:
    before = write(tmp_path / "ref.csv", rows(1, 5000, ALL))
    half = write(tmp_path / "half.csv", rows(2, 3000, KEPT))
    report = reports.of_files(before, half, Columns("y"), LIMITS, 0.0)
    assert (report.drifted, report.judged, report.verdict) == (1, 10, "watch")
    assert "'r' (gone: '17', '16')" in report.summary
    for columns in (Columns("y"), Columns()):  # named, or told by its name
        late = write(tmp_path / "late.csv", rows(3, 3000, ALL, label=False), label=False)
        report = reports.of_files(before, late, columns, LIMITS, 0.0)
        assert (report.verdict, states(report)["y"]) == ("ok", "skipped")


def test_days_are_found_and_the_first_changed_one_is_named(tmp_path: Path) -> None:
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, shift in zip(paths, (0.0, 1.0), strict=True):
        random = np.random.default_rng(int(shift))
        lines = [
            f"2026-03-{day:02d}T{i % 24:02d}:30:00Z,{random.normal() + (shift if day >= 9 else 0):.3f}"
            for i in random.permutation(300)
            for day in range(1, 15)
        ]
        path.write_text("\n".join(["when,x", *lines, ",0.1"]) + "\n")
    report = reports.of_files(*paths, Columns(), LIMITS, 0.0, Chunking(every="day"))
    assert [chunk.name for chunk in report.chunks if chunk.drifted] == [f"2026-03-{day:02d}" for day in range(9, 15)]
    assert report.columns[0].since == "2026-03-09"
    assert "1 rows without a time in 'when' are skipped" in report.notes


def test_a_column_of_codes_is_one_of_categories_where_that_is_said_or_declared(tmp_path: Path) -> None:
    kinds = {str(code): 1.0 for code in range(16)}
    before = write(tmp_path / "ref.csv", rows(1, 5000, {**kinds, "16": 0.3, "17": 0.3}))
    after = write(tmp_path / "cur.csv", rows(2, 4000, kinds))
    assert states(reports.of_files(before, after, Columns("y"), LIMITS, 0.0))["r"] == "stable"
    said = reports.of_files(before, after, Columns("y", categorical=["r"]), LIMITS, 0.0)
    packed = [_parquet(path) for path in (before, after)]
    declared = reports.of_files(*packed, Columns("y"), LIMITS, 0.0)
    for report in (said, declared):
        found = {column.name: column for column in report.columns}["r"]
        assert (found.kind, found.state) == ("category", "drifted")
        assert found.notes == ["gone: '16', '17'"] or found.notes == ["gone: '17', '16'"]
    with pytest.raises(BadInput, match="has no column 'nope'"):
        reports.of_files(before, after, Columns(categorical=["nope"]), LIMITS, 0.0)


def _parquet(path: Path) -> Path:
    """The file as pandas writes it when one column is a category."""
    import duckdb

    said = '{"columns": [{"name": "r", "field_name": "r", "pandas_type": "categorical", "numpy_type": "int8"}]}'
    packed = path.with_suffix(".parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{path}')) TO '{packed}' (FORMAT parquet, KV_METADATA {{pandas: '{said}'}})"
        )
    return packed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--chunk", "0"], "--chunk: 0 is not a number of rows"),
        (["--chunk", "5", "--every", "day"], "--chunk or --every, not both"),
        (["--every", "day"], "has no time column; set one with --time"),
        (["--every", "day", "--time", "nope"], "has no column 'nope'"),
    ],
)
def test_wrong_chunks_are_one_sentence(files: tuple[Path, Path], words: list[str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(str(files[0]), str(files[1]), *words)
    assert said in str(caught.value)


def test_codes_that_a_model_learnt_as_categories_stay_categories() -> None:
    codes = tuple(str(code) for code in range(18))
    feature = Feature("relp", "category", categories=codes, unseen=18.0)
    random = np.random.default_rng(3)
    before = random.integers(0, 18, (4000, 1)).astype(np.float32)
    kept = baseline.of((feature,), before, np.array([0.0, 1.0]), np.array([0.1, 0.9])).baseline
    assert fitted.from_json(kept.as_json()) == kept
    after = baseline.meant(feature, random.integers(0, 16, 3000).astype(np.float32))
    found = judge(kept, {"relp": after}, LIMITS, 0.0).columns[0]
    assert (found.kind, found.turned) == ("category", "gone: '17', '16'") or found.turned == "gone: '16', '17'"
