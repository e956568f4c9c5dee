"""Reading labelled CSV: what is right is read, what is wrong is named by row and column."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from ml.data import table
from ml.data.table import Mapping

GOOD = "when,amount,flag,note,fraud\n3,30,true,a,1\n1,10,false,b,0\n2,,true,c,legit\n"


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rows_are_in_order_of_time_with_missing_and_flags(tmp_path: Path) -> None:
    found = table.read(write(tmp_path, GOOD), "fraud", "when", ignore=["note"])
    assert [feature.name for feature in found.features] == ["amount", "flag"]
    assert [feature.kind for feature in found.features] == ["number", "flag"]
    np.testing.assert_array_equal(found.rows, np.array([[10, 0], [np.nan, 1], [30, 1]], dtype=np.float32))
    assert found.labels.tolist() == [0, 0, 1]


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    first = table.read(write(tmp_path, GOOD), "fraud", ignore=["note"]).fingerprint
    assert table.read(write(tmp_path, GOOD.replace("30", "31")), "fraud", ignore=["note"]).fingerprint != first


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("", "data.csv", "is empty"),
        ("a,fraud\n", "data.csv", "no rows"),
        ("a,b\n1,2\n", "row 1", "no column 'fraud'"),
        ("a,fraud,fraud\n1,0,0\n", "row 1", "the label 'fraud' twice"),
        ("a,fraud\n1,0\n2\n", "row 3, column 'fraud'", "'fraud' is missing (the file may be cut off)"),
        ("a,fraud\n1\n2,0\n", "row 2, column 'fraud'", "'fraud' is missing"),
        ("a,fraud\n1,0,9\n", "row 2", "has 3 values where the header has 2"),
        ("a,fraud\n1,0\nx,1\n", "row 3, column 'a'", "'x' is not a number"),
        ("a,fraud\n1,0\n\n2,maybe\n", "row 4, column 'fraud'", "'maybe' is not a label"),
        ("fraud\n1\n", "row 1", "no column is left"),
        (b"a,fraud\n\xff,1\n", "data.csv, row 2", "is not UTF-8"),
        ('a,fraud\n"1,0\n', "data.csv, row 2", "is not CSV: a quoted value never ends"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, field: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        table.read(write(tmp_path, text), "fraud")
    assert caught.value.field.endswith(field)
    assert reason in caught.value.reason


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        table.read(write(tmp_path, "t,a,fraud\nsoon,1,0\n"), "fraud", "t")
    assert caught.value.field.endswith("data.csv, row 2, column 't'")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        table.read(tmp_path / "nowhere.csv", "fraud")


def test_a_mapping_gives_times_entities_and_amounts_in_order_of_time(tmp_path: Path) -> None:
    text = "t,card,paid,kind,bad\n1700000300,b,3.5,x,Y\n1700000100000,a,1,y,N\n2023-11-14T22:16:40Z,,2,,N\n"
    mapping = table.Mapping("bad", time="t", entity="card", amount="paid", fraud_is="y")
    found = table.load(write(tmp_path, text), mapping)
    assert found.times is not None
    assert found.entities is not None
    assert found.amounts is not None
    assert found.times.tolist() == [1700000100, 1700000200, 1700000300]
    assert found.entities.tolist() == [1, -1, 0]
    assert found.amounts.tolist() == [1, 2, 3.5]
    assert found.labels.tolist() == [0, 0, 1]
    assert [(f.name, f.kind, f.categories) for f in found.features] == [
        ("paid", "number", ()),
        ("kind", "category", ("x", "y")),
    ]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    names = "".join(f"n{i},{i % 2},,{'' if i == 3 else i % 2}\n" for i in range(80))
    mapping = table.Mapping("fraud", skip_unlabelled=True)
    found = table.load(write(tmp_path, "name,a,nothing,fraud\n" + names), mapping)
    assert [feature.name for feature in found.features] == ["a"]
    assert found.left_out == (
        "1 rows without a label",
        "column 'name': 79 different words in 79 rows",
        "column 'nothing': it is empty",
    )


def test_numbers_are_words_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "zip,fraud\n10115,0\n10117,1\n10115,1\n")
    (feature,) = table.load(path, table.Mapping("fraud", categorical=("zip",))).features
    assert (feature.kind, feature.categories) == ("category", ("10115", "10117"))


ELLIPTIC = "txId,f1,class\n1,0.1,unknown\n2,0.2,2\n3,0.3,1\n4,0.4,Pending\n5,0.5,2\n6,0.6,?\n"


def test_what_nobody_knows_is_not_honest(tmp_path: Path) -> None:
    path = write(tmp_path, ELLIPTIC)
    with pytest.raises(BadInput) as caught:
        table.load(path, Mapping("class", fraud_is="1"))
    assert caught.value.field.endswith("row 2, column 'class'")
    assert "'unknown' is neither fraud nor legitimate (in 3 rows)" in caught.value.reason
    found = table.load(path, Mapping("class", fraud_is="1", skip_unlabelled=True))
    assert found.labels.tolist() == [0, 1, 0]
    assert "3 rows without a label ('unknown': 1, 'Pending': 1)" in found.left_out


def test_a_word_that_is_named_as_honest_is(tmp_path: Path) -> None:
    path = write(tmp_path, ELLIPTIC.replace("Pending", "unknown").replace("?", "unknown"))
    found = table.load(path, Mapping("class", fraud_is="1", legit_is=("2", "Unknown")))
    assert found.labels.tolist() == [0, 0, 1, 0, 0, 0]
    some = table.load(path, Mapping("class", fraud_is="1", legit_is=("unknown",), skip_unlabelled=True))
    assert some.labels.tolist() == [0, 1, 0, 0]


def test_minus_one_beside_both_classes_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a,y\n1,0\n2,1\n3,-1\n4,-1\n")
    assert table.load(path, Mapping("y", fraud_is="1", skip_unlabelled=True)).labels.tolist() == [0, 1]


def test_several_words_that_were_taken_for_honest_are_said(tmp_path: Path) -> None:
    path = write(tmp_path, "a,y\n1,paid\n2,fraud\n3,refunded\n4,paid\n")
    found = table.load(path, Mapping("y", fraud_is="fraud"))
    assert found.notes == ("Every value except 'fraud' is read as legitimate: 'paid' (2), 'refunded' (1).",)


def test_words_in_nfd_and_nfc_are_one_category_and_one_column(tmp_path: Path) -> None:
    nfd = unicodedata.normalize("NFD", "Stadt é,y\nMálaga,0\n") + "Málaga,1\nBonn,0\n"
    found = table.load(write(tmp_path, nfd), Mapping("y", categorical=(unicodedata.normalize("NFD", "Stadt é"),)))
    assert found.features[0].name == "Stadt é"
    assert found.features[0].categories == ("Bonn", "Málaga")
