"""Real open files through the documented commands: train, score, drift. Skipped where they are not there."""

import csv
import os
from pathlib import Path

import pytest

from core.settings import load
from core.store import models
from core.store.db import Database
from ml import cli

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
    first = models.card(db, 1)
    assert first is not None
    assert first["measures"]["auc_roc"] > 0.8
    command("score", registrations, "--output", str(tmp_path / "scores.csv"))
    with (tmp_path / "scores.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 20_000
    flights = ["--label", "CANCELLED", "--time", "DATE", "--ignore", "DEPARTURE_DELAY", "TAXI_OUT", "AIR_TIME"]
    assert "it has no name (an index?)" in command("train", before, *flights, "--promote")
    second = models.card(db, 2)
    assert second is not None
    assert second["measures"]["auc_roc"] > 0.6
    report = command("drift", after, "--label", "CANCELLED")
    assert "gone: 'US'" in report
    assert any(line.startswith("drifted") and "label" in line for line in report.splitlines())
    assert any(line.startswith("stable") and "DISTANCE" in line for line in report.splitlines())
