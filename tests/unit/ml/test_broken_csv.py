"""A hundred kinds of broken training files: each one sentence that names file, row and column; nothing is trained."""

from pathlib import Path

import pytest

from core.errors import BadInput
from ml.data import table
from ml.data.table import Mapping
from ml.train import training
from tests.unit.ml.broken_csv import CASES, WHOLE, Broken
from tests.unit.ml.examples import config

PARTS = {"label": "fraud", "time": "when", "id": "id", "entity": "card", "amount": "amount"}


def train(path: Path, case: Broken | None) -> None:
    training.train(table.load(path, Mapping(**{**PARTS, **(case.more if case else {})})), config())


def test_there_are_a_hundred_and_each_has_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 100


def test_the_file_that_they_are_made_from_is_good(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(WHOLE)
    train(path, None)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_is_one_sentence_with_its_place(tmp_path: Path, case: Broken) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(case.content)
    with pytest.raises(BadInput) as caught:
        train(path, case)
    field, reason = caught.value.field, caught.value.reason
    assert field.startswith(str(path) + case.place)
    if case.place == "":
        assert field == str(path)
    assert case.reason in reason
    assert "\n" not in str(caught.value)
    assert len(reason) < 400


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        table.read(tmp_path, "fraud")
