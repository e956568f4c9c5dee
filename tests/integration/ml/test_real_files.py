"""Real open files through the documented commands: train, score, drift. Skipped where they are not there."""

import csv
import os
from pathlib import Path

import pytest

from core.db.engine import Database
from core.errors import BadInput
from core.models import registry
from core.settings import load
from core.tabular import sheet
from ml import cli
from ml.commands import drift
from ml.data import file_preview

ROOT = Path(os.environ.get("GATEHOUSE_SAMPLE_DATA", "/nonexistent"))


def sample(name: str) -> str:
    if not (ROOT / name).exists():
        pytest.skip("GATEHOUSE_SAMPLE_DATA does not lead to the sample files")
    return str(ROOT / name)


def test_registrations_and_flights_go_all_the_way(
    db: Database, database_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registrations = sample("aws_fraud/registration_data_20K_minimum.csv")
    before = sample("popmon_flights/flight_delays_reference.csv.gz")
    after = sample("popmon_flights/flight_delays.csv.gz")
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})

    def command(*words: str) -> str:
        assert cli.run(cli.parser().parse_args(words), settings) == 0
        return capsys.readouterr().out

    command("train", registrations, "--label", "EVENT_LABEL", "--time", "EVENT_TIMESTAMP", "--promote")
    first = registry.card(db, 1)
    assert first is not None
    assert first["measures"]["auc_roc"] > 0.8
    command("score", registrations, "--output", str(tmp_path / "scores.csv"))
    with (tmp_path / "scores.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 20_000
    flights = ["--label", "CANCELLED", "--time", "DATE", "--ignore", "DEPARTURE_DELAY", "TAXI_OUT", "AIR_TIME"]
    assert "it has no name (an index?)" in command("train", before, *flights, "--promote")
    second = registry.card(db, 2)
    assert second is not None
    assert second["measures"]["auc_roc"] > 0.6
    report = command("drift", after, "--label", "CANCELLED")
    assert "gone: 'US'" in report
    assert any(line.startswith("drifted") and "label" in line for line in report.splitlines())
    assert any(line.startswith("stable") and "DISTANCE" in line for line in report.splitlines())


def test_card_transactions_with_labels_that_came_late(
    db: Database, database_url: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    transactions = sample("aws_fraud/transaction_data_2K_coldstart.csv")
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    words = ["train", transactions, "--label", "EVENT_LABEL", "--time", "EVENT_TIMESTAMP", "--id", "EVENT_ID"]
    words += ["--entity", "ENTITY_ID", "--amount", "order_price", "--ignore", "LABEL_TIMESTAMP", "ENTITY_TYPE"]
    with pytest.raises(BadInput, match=r"column 'EVENT_LABEL' \(--label\): the label is missing"):
        cli.run(cli.parser().parse_args(words), settings)
    assert cli.run(cli.parser().parse_args([*words, "--skip-unlabelled"]), settings) == 0
    card = registry.card(db, 1)
    assert card is not None
    assert (card["data"]["rows"], card["data"]["frauds"]) == (810, 95)
    assert "801 rows without a label" in card["data"]["left_out"]
    assert card["warnings"], "so few frauds want a word"
    capsys.readouterr()


def test_two_files_are_compared_without_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    before = sample("popmon_flights/flight_delays_reference.csv.gz")
    after = sample("popmon_flights/flight_delays.csv.gz")
    arguments = cli.parser().parse_args(["drift", before, after, "--label", "CANCELLED", "--check"])
    assert cli.run(arguments, load({})) == drift.RETRAIN
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("drifted") and "CANCELLED" in line for line in lines)
    assert any("gone: 'US'" in line for line in lines)
    assert any(line.startswith("stable") and "DISTANCE" in line for line in lines)


def test_the_page_guesses_the_columns_of_every_real_file() -> None:
    guessed = {
        "aws_fraud/registration_data_20K_minimum.csv": {"label": "EVENT_LABEL", "time": "EVENT_TIMESTAMP"},
        "aws_fraud/transaction_data_2K_coldstart.csv": {
            "label": "EVENT_LABEL", "time": "EVENT_TIMESTAMP", "id": "EVENT_ID", "entity": "ENTITY_ID",
            "amount": "order_price",
        },
        "popmon_flights/flight_delays_reference.csv.gz": {"label": "CANCELLED", "time": "DATE"},
    }  # fmt: skip
    for name, wanted in guessed.items():
        assert file_preview.at(sheet.read(Path(sample(name)))).guesses == wanted
