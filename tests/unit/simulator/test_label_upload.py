"""The command that hands in labels: what it says of an answer, and that a missing file is a sentence."""

import dataclasses
from pathlib import Path

import pytest

from core.errors import BadInput, HttpAway
from core.settings import load
from simulator import label_upload

TAKEN = {"recorded": 1200, "unchanged": 3, "outdated": 0, "repeated": 0, "unknown": 2, "rejected": []}
BAD = {"field": "label", "reason": "'x' is no label", "row": 7, "index": None}


def test_an_answer_is_told_in_sentences() -> None:
    [said] = label_upload.sentences("a.csv", 200, TAKEN)
    assert said.startswith("a.csv: 1,200 recorded, 3 unchanged")
    assert "2 of transactions that were never scored" in said
    assert label_upload.sentences("a.csv", 200, {**TAKEN, "note": "Read so."})[0] == "a.csv: Read so."
    said, last = label_upload.sentences("a.csv", 400, {"rejected": [BAD], "detail": "Nothing was taken."})
    assert said == "a.csv: row 7, label: 'x' is no label"
    assert last == "a.csv: Nothing was taken."
    [said] = label_upload.sentences("a.csv", 400, {"field": "row 1", "detail": "has no header"})
    assert said == "a.csv: row 1: has no header"


def test_a_missing_file_and_a_missing_product_are_named(tmp_path: Path) -> None:
    known = dataclasses.replace(load({}), api_url="http://127.0.0.1:9")
    with pytest.raises(BadInput, match=r"none\.csv"):
        label_upload.send(known, tmp_path / "none.csv", None, False, print)
    file = tmp_path / "a.csv"
    file.write_text("id,label\n")
    with pytest.raises(HttpAway):
        label_upload.send(known, file, "chargeback", False, print)
