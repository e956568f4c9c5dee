"""Training on stored predictions whose labels are known, and the command line around the registry."""

import time
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import BadInput
from core.events.types import Label, Prediction
from core.models import registry as models
from core.settings import load
from core.stores import assemble
from ml import cli, registry
from ml.data import stored
from tests.unit.ml.broken_csv import CASES, WHOLE
from tests.unit.ml.examples import table, trained


def test_a_model_is_trained_from_what_was_stored(
    db: Database, live: Live, database_url: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    first = registry.save(db, trained())
    models.promote(live, db, first)
    known = table(600, seed=8)
    now = time.time()
    events = []
    for i, (row, label) in enumerate(zip(known.rows.tolist(), known.labels.tolist(), strict=True)):
        name = f"t{i:04d}"
        events.append(
            Prediction(
                id=name,
                transaction_id=name,
                timestamp=now - 600 + i,
                score=0.5,
                decision="REVIEW",
                threshold=0.6,
                model_version=first,
                feature_values=[None if value != value else value for value in row],
            )
        )
        events.append(
            Label(id=name, transaction_id=name, timestamp=now, label="fraud" if label else "legit", source="analyst")
        )
    stores = assemble(settings)
    stores.writer.store(events, now)
    found = stored.read(stores, first, now - 3600)
    stores.close()
    assert found.labels.tolist() == known.labels.tolist()
    assert [feature.name for feature in found.features] == ["speed", "new_device", "age"]
    code = cli.run(cli.parser().parse_args(["train", "--stored", "--days", "1", "--promote"]), settings)
    assert code == 0
    assert "is the champion" in capsys.readouterr().out
    assert models.champion(live, db) == first + 1


def test_csv_in_list_and_promote(
    db: Database, live: Live, database_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    path = tmp_path / "data.csv"
    known = table(2000)
    lines = [
        f"t{i},{row[0]},{row[1]},{int(label)}"
        for i, (row, label) in enumerate(zip(known.rows.tolist(), known.labels.tolist(), strict=True))
    ]
    path.write_text("\n".join(["transaction_id,speed,new_device,fraud", *lines]) + "\n")
    train = ["train", str(path), "--label", "fraud", "--note", "mine"]
    assert cli.run(cli.parser().parse_args(train), settings) == 0
    (row,) = models.listing(db)
    assert row["features"] == ["speed", "new_device"]
    assert cli.run(cli.parser().parse_args(["promote", str(row["version"])]), settings) == 0
    assert cli.run(cli.parser().parse_args(["list"]), settings) == 0
    assert "champion" in capsys.readouterr().out


def test_no_broken_file_leaves_anything_behind(
    db: Database, live: Live, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Each goes through the command that would train and promote; the registry stays empty."""
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    path = tmp_path / "data.csv"
    for case in CASES:
        path.write_bytes(case.content)
        options = {"label": "fraud", "time": "when", "id": "id", "entity": "card", "amount": "amount", **case.more}
        words = ["train", str(path), "--promote"]
        for name, value in options.items():
            option = f"--{name.replace('_', '-')}"
            if value is True:
                words.append(option)
            elif isinstance(value, tuple):
                words += [option, *value]
            elif value is not None:
                words += [option, value]
        with pytest.raises(BadInput, match=r"data\.csv"):
            cli.run(cli.parser().parse_args(words), settings)
    assert models.listing(db) == []
    assert models.champion(live, db) is None


def test_a_file_is_scored_by_a_registered_model(
    db: Database, live: Live, database_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    path, out, card = tmp_path / "data.csv", tmp_path / "scores.csv", tmp_path / "card.html"
    path.write_bytes(WHOLE)
    parts = ["--label", "fraud", "--time", "when", "--id", "id"]
    words = ["train", str(path), *parts, "--entity", "card", "--promote", "--card", str(card)]
    assert cli.run(cli.parser().parse_args(words), settings) == 0
    assert "Model card" in card.read_text()
    assert cli.run(cli.parser().parse_args(["score", str(path), "--id", "id", "--output", str(out)]), settings) == 0
    lines = out.read_text().splitlines()
    assert lines[0] == "row,id,score,decision,top_feature,top_value"
    assert len(lines) == 121
    assert lines[1].startswith("2,t0,")
    assert cli.run(cli.parser().parse_args(["score", str(path), *parts, "--store"]), settings) == 0
    assert "120 predictions of model 1 published" in capsys.readouterr().out
    path.write_text("unrelated\n1\n")
    with pytest.raises(BadInput, match="has none of the columns of model 1"):
        cli.run(cli.parser().parse_args(["score", str(path)]), settings)
