"""A mistake in a column is worded by its entrance: options on the command line, fields of the form on the page."""

from dataclasses import replace

import pytest

from core.errors import BadInput
from core.tabular import sheet
from ml.data import table
from ml.data.column_errors import FORM, OPTIONS, BadColumn, worded
from ml.data.table import Mapping
from tests.unit.ml.broken_csv import with_value

MAPPING = Mapping("fraud", time="when", id="id", entity="card", amount="amount")


@pytest.mark.parametrize(
    ("column", "value", "options", "form"),
    [
        (
            "speed", "fast",
            "column 'speed': 'fast' is not a number; --ignore excludes a column, --categorical treats it as categories",
            "column 'speed': 'fast' is not a number; under Use choose “exclude” or “categorical feature”",
        ),
        (
            "fraud", "perhaps",
            "column 'fraud' (--label): 'perhaps' is not a label: 0/1, true/false, yes/no or fraud/legit; or use "
            "--fraud-is",
            "column 'fraud' (Label): 'perhaps' is not a label: 0/1, true/false, yes/no or fraud/legit; or"
            " fill in “Fraud value”",
        ),
        (
            "fraud", "",
            "column 'fraud' (--label): the label is missing (in 1 rows); --skip-unlabelled skips them",
            "column 'fraud' (Label): the label is missing (in 1 rows); tick “Skip rows without a label”",
        ),
        (
            "id", "t0",
            "column 'id' (--id): the id 't0' was in row 2 already",
            "column 'id' (Transaction): the id 't0' was in row 2 already",
        ),
        (
            "amount", "-3",
            "column 'amount' (--amount): the amount is negative",
            "column 'amount' (Amount): the amount is negative",
        ),
        (
            "when", "soon",
            "column 'when' (--time): 'soon' is not ISO 8601 or epoch seconds",
            "column 'when' (Time): 'soon' is not ISO 8601 or epoch seconds",
        ),
    ],
)  # fmt: skip
def test_each_entrance_has_its_own_words(column: str, value: str, options: str, form: str) -> None:
    mapping = replace(MAPPING, ignore=("amount",)) if column == "amount" else MAPPING
    with pytest.raises(BadColumn) as caught:
        table.of(sheet.parse(with_value(column, value), "data.csv", mapping.wanted()), mapping)
    assert "--" not in str(caught.value)
    assert str(caught.value.worded(OPTIONS)) == f"data.csv, row 7, {options}"
    assert str(caught.value.worded(FORM)) == f"data.csv, row 7, {form}"


def test_the_rules_of_a_split_have_the_forms_words_too() -> None:
    assert str(worded(BadInput("test", "no row is left in it"), FORM)) == "Test from, Test days: no row is left in it"
    assert str(worded(BadInput("delay", "a"), FORM)) == "Label delay in days: a"
    assert str(worded(BadInput("shuffle", "a"), FORM)) == "Random test split: a"
    assert str(worded(BadInput("file", "a"), FORM)) == "file: a"
    assert str(worded(BadColumn("x", "label", "a", "fraud_is"), FORM)) == "x (Label): a; or fill in “Fraud value”"
