"""Words that a model or a reference has never seen are said to be strange, whoever compares by them."""

from math import nan
from pathlib import Path

from core.models.drift.page import page
from core.models.drift.params import DriftParams
from core.tabular import sheet
from ml.commands import score
from ml.data import category_mismatch
from ml.data.features import Feature
from ml.drift import reports

FEATURES = (
    Feature("new", "category", categories=("no", "yes"), unseen=0.5),
    Feature("shop", "category", categories=("12.0", "web"), unseen=0.5),
    Feature("rare", "category", categories=(), unseen=nan),
    Feature("speed"),
)


def test_a_column_of_which_no_word_is_known_is_named() -> None:
    data = sheet.parse(b"new,shop,rare,speed\nt,12,a,1\nf,9,b,2\n,,,\n", "data.csv")
    assert list(category_mismatch.to_model(score._words(data, FEATURES), FEATURES)) == [
        "column 'new': none of its categories was learnt ('f'; the model knows 'no')"
    ]
    assert list(category_mismatch.to_model({"new": ("", "t", "NA")}, FEATURES))  # what is missing is no word
    assert not list(category_mismatch.to_model({"new": ("", "NA")}, FEATURES))


def test_two_files_that_share_no_word_of_a_column_are_named() -> None:
    before = {"new": ["yes", "no"], "same": ["True", "False"], "id": ["a1", "a2"], "n": ["1", "2"]}
    after = {"new": ["t", "f", ""], "same": ["t", "f"], "n": ["3"], "more": ["x"]}
    assert list(category_mismatch.to_reference(before, after)) == [
        "column 'new': the files share no category ('f'; the reference has 'no')"
    ]


def test_drift_of_two_files_says_so_beside_its_verdict(tmp_path: Path) -> None:
    for name, words in (("old.csv", "yes,no"), ("new.csv", "t,f")):
        first, second = words.split(",")
        rows = "".join(f"{first if i % 3 else second},{i % 7},{'é' if name == 'new.csv' else 'e'}\n" for i in range(90))
        (tmp_path / name).write_bytes(f"new,n,w\n{rows}".encode("cp1252"))
    report = reports.of_files(tmp_path / "old.csv", tmp_path / "new.csv", reports.Columns(), DriftParams(), 0.0)
    assert report.notes[0].startswith("new.csv: The file is not UTF-8 and was read as windows-1252")
    assert "column 'new': the files share no category ('f'; the reference has 'no')" in report.notes
    assert "the files share no category" in page(report)


def test_times_that_are_not_compared_are_not_warned_of(tmp_path: Path) -> None:
    for name, month in (("old", "01"), ("new", "07")):
        rows = [f"2015-{month}-{1 + i % 28:02d},{i % 7}" for i in range(100)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["day,n", *rows]))
    report = reports.of_files(tmp_path / "old.csv", tmp_path / "new.csv", reports.Columns(), DriftParams(), 0.0)
    assert report.notes == []
