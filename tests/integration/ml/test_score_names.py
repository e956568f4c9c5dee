"""`python -m ml score` says which columns of a file the model does not know, and what they may mean."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import BadInput
from core.models import registry as models
from core.settings import Settings, load
from core.stores import Stores, assemble
from ml import registry
from ml.commands import score
from tests.unit.ml.examples import trained

ONE = "txn,speed,New_Device,Age\nz1,4,1,3\n"
NONE = "txn,Speed,NewDevice,AGE\nz1,4,1,3\n"


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)})


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    found = assemble(settings)
    version = registry.save(found.database, trained())
    models.promote(found.live, found.database, version)
    yield found
    found.close()


def run(text: str, stores: Stores, settings: Settings, folder: Path) -> int:
    file = folder / "rows.csv"
    file.write_text(text)
    commands = argparse.ArgumentParser().add_subparsers()
    score.add(commands)
    arguments = commands.choices["score"].parse_args([str(file), "--id", "txn"])
    return score.run(arguments, stores, settings)


def test_a_misnamed_column_is_said(
    stores: Stores, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(ONE, stores, settings, tmp_path) == 0
    said = capsys.readouterr().err
    assert "ignored: 'Age' (age?), 'New_Device' (new_device?)" in said
    assert "treated as missing: new_device, age" in said


def test_a_file_without_any_known_column_is_refused_with_what_may_be_meant(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as caught:
        run(NONE, stores, settings, tmp_path)
    assert "it has 'AGE' (age?), 'NewDevice' (new_device?), 'Speed' (speed?)" in str(caught.value)
