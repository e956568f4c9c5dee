"""A file whose words a model has never seen is scored, and said to be strange."""

from math import nan

from ml import sheet
from ml.commands import score
from ml.features import Feature

FEATURES = (
    Feature("new", "category", categories=("no", "yes"), unseen=0.5),
    Feature("shop", "category", categories=("12.0", "web"), unseen=0.5),
    Feature("rare", "category", categories=(), unseen=nan),
    Feature("speed"),
)


def test_a_column_of_which_no_word_is_known_is_named() -> None:
    data = sheet.parse(b"new,shop,rare,speed\nt,12,a,1\nf,9,b,2\n", "data.csv")
    assert list(score.strange(data, FEATURES)) == [
        "column 'new': none of its words was learnt ('f'; the model knows 'no')"
    ]
