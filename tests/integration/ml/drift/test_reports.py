"""Drift of stored predictions and of a file against the champion's training data; reports are kept and compared."""

import time
from pathlib import Path

import numpy as np
import pytest

from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import BadInput
from core.events.types import Event, Label, Prediction
from core.models import drift_reports
from core.models import registry as models
from core.pipeline.writer import Writer
from core.settings import load
from ml import cli, registry
from ml.drift import reports
from tests.unit.ml.examples import FEATURES, table, trained


def predictions(version: int, now: float, n: int, seed: int, speed: float = 0.0) -> list[Event]:
    """Predictions of rows as the model was trained on, with `speed` added to one feature."""
    made: list[Event] = []
    for i, row in enumerate(table(n, seed).rows.tolist()):
        values = [row[0] + speed, row[1], None if row[2] != row[2] else row[2]]
        score = float(1 / (1 + np.exp(-2 * (values[0] or 0.0))))
        made.append(
            Prediction(
                id=f"{seed}-{i}",
                transaction_id=f"{seed}-{i}",
                timestamp=now - 3600 + i,
                score=score,
                decision="APPROVED",
                threshold=0.6,
                model_version=version,
                feature_values=values,
            )
        )
    return made


@pytest.fixture
def version(db: Database, live: Live) -> int:
    """A champion with what was kept of its data."""
    made = registry.save(db, trained())
    models.promote(live, db, made)
    return made


@pytest.fixture
def settings_words(database_url: str, redis_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40}


def run(environ: dict[str, str], *words: str) -> int:
    return cli.run(cli.parser().parse_args(["drift", *words]), load(environ))


def test_stored_predictions_against_training(
    db: Database, version: int, settings_words: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    writer, now = Writer(db, 0.7), time.time()
    writer.store(predictions(version, now, 400, 2), now)
    assert run(settings_words, "--days", "1") == 0
    writer.store(predictions(version, now, 1500, 3, speed=2.0), now)
    assert run(settings_words, "--days", "1", "--threshold", "0.3", "--check") == 3
    rows = drift_reports.listed(db)
    assert [(row["verdict"], row["model_version"], row["judged"]) for row in rows][:1] == [("retrain", version, 3)]
    report = drift_reports.load(db, rows[0]["id"])
    assert report is not None
    found = {column.name: column for column in report.columns}
    assert (found["speed"].state, found["age"].state, found["score"].state) == ("drifted", "stable", "drifted")
    assert found["label"].state == "skipped"
    assert "only 0 % of these predictions have a label yet" in found["label"].reason
    capsys.readouterr()
    assert run(settings_words, "--compare", str(rows[1]["id"]), str(rows[0]["id"])) == 0
    assert "began    speed: stable → drifted" in capsys.readouterr().out
    assert run(settings_words, "--list") == 0
    assert capsys.readouterr().out.count("predictions 20") == 2


def test_days_of_stored_predictions_and_a_report_that_nobody_else_sees(
    db: Database, version: int, settings_words: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    writer, now = Writer(db, 0.7), time.time()
    noon = now - now % 86400 - 43_200
    writer.store(predictions(version, noon - 3 * 86400, 400, 2), now)
    writer.store(predictions(version, noon - 86400, 400, 3, speed=2.0), now)
    assert run(settings_words, "--every", "day", "--no-keep") == 0
    printed = capsys.readouterr().out
    changed = time.strftime("%Y-%m-%d", time.gmtime(noon - 86400))
    assert f"  {changed} (" in printed
    assert f"since {changed}" in printed
    assert "stored as report" not in printed
    assert drift_reports.listed(db) == []
    assert run(settings_words, "--every", "day") == 0
    kept = drift_reports.load(db, drift_reports.listed(db)[0]["id"])
    assert kept is not None
    assert (kept.every, any(chunk.drifted for chunk in kept.chunks)) == ("day", True)
    with pytest.raises(BadInput, match="stored predictions take --every"):
        run(settings_words, "--chunk", "100")


def test_labels_are_compared_once_most_are_there(db: Database, version: int, settings_words: dict[str, str]) -> None:
    writer, now = Writer(db, 0.7), time.time()
    events = predictions(version, now, 300, 4)
    labels: list[Event] = [
        Label(
            id=e.id,
            timestamp=now,
            transaction_id=str(e.id),
            label="fraud" if i % 2 else "legit",
            source="analyst",
        )
        for i, e in enumerate(events[:200])
    ]
    writer.store([*events, *labels], now)
    run(settings_words)
    report = drift_reports.load(db, drift_reports.listed(db)[0]["id"])
    assert report is not None
    label = next(column for column in report.columns if column.name == "label")
    assert (label.state, label.role) == ("drifted", "target")
    assert label.current is not None
    assert label.current.rows == 200
    assert "label" in report.summary


def test_a_file_against_the_champions_data(
    tmp_path: Path, db: Database, version: int, settings_words: dict[str, str]
) -> None:
    known = table(300, seed=6)
    lines = [
        ",".join([f"t{i}", *("" if v != v else f"{v:.6g}" for v in row), str(int(label))])
        for i, (row, label) in enumerate(zip(known.rows.tolist(), known.labels.tolist(), strict=True))
    ]
    path = tmp_path / "current.csv"
    path.write_text("\n".join(["transaction_id," + ",".join(f.name for f in FEATURES) + ",is_fraud", *lines]))
    assert run(settings_words, str(path), "--label", "is_fraud") == 0
    report = drift_reports.load(db, drift_reports.listed(db)[0]["id"])
    assert report is not None
    found = {column.name: column.state for column in report.columns}
    assert found == {"speed": "stable", "new_device": "stable", "age": "stable", "label": "stable"}
    with pytest.raises(BadInput, match="has no column 'nope'"):
        run(settings_words, str(path), "--label", "nope")


def test_a_file_of_another_tool_is_compared_by_what_it_means(
    tmp_path: Path, db: Database, version: int, settings_words: dict[str, str]
) -> None:
    known = table(300, seed=6)
    header = ";".join([*(f.name for f in FEATURES), "bad", "Truth"])
    path = tmp_path / "current.csv"
    for words, state in ((("no", "yes"), "stable"), (("Normal", "Bad"), "skipped")):
        lines = [
            f"{speed:.6g};{'NULL' if new != new else str(bool(new)).upper()};{age:.6g};x;{words[int(label)]}"
            for (speed, new, age), label in zip(known.rows.tolist(), known.labels.tolist(), strict=True)
        ]
        path.write_text("\n".join([header, *lines]).replace(".", ",").replace("nan", r"\N"))
        assert run(settings_words, str(path), "--label", "Truth") == 0
        report = drift_reports.load(db, drift_reports.listed(db)[0]["id"])
        assert report is not None
        found = {column.name: column.state for column in report.columns if column.name != "bad"}
        assert found == {"speed": "stable", "new_device": "stable", "age": "stable", "label": state}


def test_many_predictions_are_sampled_by_id(
    db: Database, version: int, settings_words: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, now = Writer(db, 0.7), time.time()
    writer.store(predictions(version, now, 900, 5), now)
    monkeypatch.setattr(reports, "MOST", 300)
    run(settings_words)
    report = drift_reports.load(db, drift_reports.listed(db)[0]["id"])
    assert report is not None
    assert 200 <= report.current_rows <= 400
    assert "one in 3 of 900" in report.current


def test_without_a_champion_or_its_reference_it_says_what_to_do(
    db: Database, live: Live, settings_words: dict[str, str]
) -> None:
    with pytest.raises(BadInput, match="no model has been promoted yet"):
        run(settings_words)
    bare = models.save(db, algorithm="boosted", artefact=b"x", features=[], reference=[], metrics={}, fingerprint="f")
    models.promote(live, db, bare)
    with pytest.raises(BadInput, match="train it again or compare two files"):
        run(settings_words)
    with pytest.raises(BadInput, match="not between 0 and 3,650 days"):
        run(settings_words, "--days", "0")
    with pytest.raises(BadInput, match="there is no report 7"):
        run(settings_words, "--compare", "7", "8")
