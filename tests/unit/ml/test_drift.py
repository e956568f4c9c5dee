"""Drift between two files by the documented command, which needs no database."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.drift.judge import judge
from core.drift.report import Report
from core.errors import BadInput
from core.settings import load
from ml import baseline, cli, drift
from ml.drift import Columns
from ml.features import Feature
from tests.unit.simulator.replay.sample import sample

LIMITS = drift.params(load({}))


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
    report = drift.of_files(*files, Columns(label="is_fraud", ignore=["age"]), LIMITS, 0.0)
    assert states(report) == {"amount": "drifted", "is_fraud": "stable", "age": "skipped", "unnamed 1": "skipped"}
    assert {column.name: column.role for column in report.columns}["is_fraud"] == "target"
    assert report.judged == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--label", "nope"], "before.csv, row 1: has no column 'nope'; it has unnamed 1, amount, age, is_fraud"),
        (["--threshold", "2"], "--threshold: 2 is no share between 0 and 1"),
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
    report = drift.of_files(reference, current, Columns(), LIMITS, 0.0)
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
    report = drift.of_files(before, after, Columns(), LIMITS, 0.0)
    assert states(report) == {
        "created_at": "skipped", "day": "skipped", "order_id": "skipped", "amount": "stable", "new": "stable",
    }  # fmt: skip


def test_labels_of_two_files_are_compared_by_what_they_say(tmp_path: Path) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text("a,bad\n" + "".join(f"{i % 7},{int(i % 5 == 0)}\n" for i in range(200)))
    after.write_text("a,bad\n" + "".join(f"{i % 7},{'fraud' if i % 5 == 0 else 'legit'}\n" for i in range(200)))
    assert states(drift.of_files(before, after, Columns("bad"), LIMITS, 0.0)) == {"a": "stable", "bad": "stable"}
    after.write_text(after.read_text().replace("fraud", "stolen"))
    assert states(drift.of_files(before, after, Columns("bad"), LIMITS, 0.0))["bad"] == "drifted"


def test_one_unseen_value_does_not_move_a_champions_flag() -> None:
    feature = Feature("new", "category", categories=("f", "t"), unseen=0.5)
    random = np.random.default_rng(2)
    before, after = ((random.random((3000, 1)) < 0.3).astype(np.float32) for _ in range(2))
    kept = baseline.of((feature,), before, np.array([0.0, 1.0]), np.array([0.1, 0.9])).baseline
    after[5] = 0.5
    table = {"new": baseline.meant(feature, after[:, 0])}
    found = {column.name: column for column in judge(kept, table, LIMITS, 0.0).columns}["new"]
    assert (found.state, found.notes) == ("stable", ["new: 'any other' (1 row)"])
