"""One word of a category, whatever wrote it: pandas, PostgreSQL, JSON; and what stands where there is none."""

import unicodedata
from math import isnan

import numpy as np
import pytest

from core.errors import BadInput
from ml.data.category_encoding import Codes
from ml.data.features import Encoder, Feature, Value
from ml.train import baseline

SHOP = Feature("shop", "category", categories=("7.0", "12.0", "web"), unseen=0.5)
NEW = Feature("new", "category", categories=("f", "t"), unseen=0.5)


@pytest.mark.parametrize("value", [12, 12.0, "12", "12.0", " 12 "])
def test_a_number_is_one_word_however_it_is_written(value: Value) -> None:
    assert Encoder((SHOP,)).values({"shop": value}) == [1.0]


@pytest.mark.parametrize("value", [True, "true", "True", "TRUE", "t"])
def test_a_truth_is_one_word_however_it_is_written(value: Value) -> None:
    assert Encoder((NEW,)).values({"new": value}) == [1.0]


@pytest.mark.parametrize("value", [False, "F", "f", "false"])
def test_a_large_letter_is_the_same_truth(value: Value) -> None:
    new = Feature("new", "category", categories=("F", "T"), unseen=0.5)
    assert Encoder((new,)).values({"new": value}) == [0.0]
    gender = Feature("gender", "category", categories=("F", "M"), unseen=0.5)
    assert Encoder((gender,)).values({"gender": "F"}) == [0.0]


def test_words_that_a_model_tells_apart_stay_apart() -> None:
    release = Codes(("1.0", "1", "None"), 0.5)
    assert (release("1.0"), release("1"), release("None"), release("2.0")) == (0.0, 1.0, 2.0, 0.5)


@pytest.mark.parametrize("word", ["", "NA", "NaN", "null", r"\N", "<NA>", "?"])
def test_what_is_missing_in_a_file_is_missing_in_a_request(word: str) -> None:
    assert isnan(Encoder((SHOP,)).values({"shop": word})[0])


def test_a_text_is_no_number_in_a_request_and_null_is_missing() -> None:
    amount = Encoder((Feature("amount"),))
    with pytest.raises(BadInput, match="is not a number: 'NA'"):
        amount.values({"amount": "NA"})
    assert isnan(amount.values({"amount": None})[0])
    assert isnan(amount.values({})[0])


def test_a_file_is_compared_by_the_words_of_the_model() -> None:
    assert baseline.written(SHOP, ["12", "7.0", "-", "9", "web"]) == ["12.0", "7.0", "", "any other", "web"]
    assert baseline.meant(SHOP, np.array([1, 0, np.nan, 0.5, 2], dtype=np.float32)).tolist() == [
        "12.0", "7.0", None, "any other", "web",
    ]  # fmt: skip


def test_a_model_of_either_form_meets_words_of_either_form() -> None:
    nfc, nfd = "Málaga", unicodedata.normalize("NFD", "Málaga")
    for learnt in (nfc, nfd):
        codes = Codes(("Bonn", learnt), -1.0)
        assert (codes(nfc), codes(nfd)) == (1.0, 1.0)
