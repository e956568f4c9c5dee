"""A look at a file: kinds, examples and guesses by name and content, and silence where nothing speaks."""

import pytest

from core.models.file_preview import FilePreview
from core.tabular import sheet
from ml.data import file_preview


def at(text: str) -> FilePreview:
    return file_preview.at(sheet.parse(text.encode(), "data.csv"))


def rows(header: str, *makes: str, n: int = 60) -> str:
    """`{i}` is the row, `{two}` alternates between 0 and 1, `{who}` is one of twenty."""
    body = [",".join(makes).format(i=i, two=i % 2, who=f"w{i % 20}") for i in range(n)]
    return "\n".join([header, *body]) + "\n"


def test_the_parts_are_guessed_by_name_and_content() -> None:
    text = rows(
        "EVENT_LABEL,LABEL_TIMESTAMP,EVENT_TIMESTAMP,EVENT_ID,wallet,price,user_agent,word",
        "{two}", "2026-01-01T00:00:{i:02d}Z", "2026-01-01T00:00:{i:02d}Z", "id{i}", "{who}", "{i}.5", "agent{who}", "x",
    )  # fmt: skip
    seen = at(text)
    assert seen.guesses == {
        "label": "EVENT_LABEL", "time": "EVENT_TIMESTAMP", "id": "EVENT_ID", "entity": "wallet", "amount": "price",
    }  # fmt: skip
    assert (seen.rows, seen.fraud_is) == (60, "")
    kinds = {column.name: column.kind for column in seen.columns}
    assert (kinds["EVENT_TIMESTAMP"], kinds["price"], kinds["word"]) == ("time", "number", "category")


@pytest.mark.parametrize(
    ("values", "label", "fraud_is"),
    [
        (("legit", "fraud"), "truth", ""),
        (("good", "bad"), "", ""),
        (("OK", "FRAUD"), "truth", "FRAUD"),
    ],
)
def test_the_value_that_means_fraud_is_said_where_it_must_be(
    values: tuple[str, str], label: str, fraud_is: str
) -> None:
    body = "\n".join(f"{i},{i % 2},{values[i % 5 == 0]}" for i in range(50))
    seen = at(f"a,flag,truth\n{body}\n")
    assert (seen.guesses.get("label", ""), seen.fraud_is) == (label, fraud_is)


def test_one_binary_column_is_the_label_whatever_its_name() -> None:
    assert at(rows("a,b", "{i}", "{two}")).guesses["label"] == "b"


def test_what_nothing_can_be_learnt_from_says_why() -> None:
    seen = at(rows(",who,gone,fraud", "{i}", "person {i}", "", "{two}", n=80))
    why = {column.name: column.why_not for column in seen.columns}
    assert why["unnamed 1"] == "it has no name (an index?)"
    assert why["who"] == "80 different words in 80 rows"
    assert why["gone"] == "it is empty"
    assert why["fraud"] == ""
    gone = seen.column("gone")
    assert gone is not None
    assert (gone.kind, gone.missing, gone.distinct) == ("empty", 1.0, 0)


def test_numbers_have_an_extent_and_few_values_their_counts() -> None:
    seen = at(rows("seconds,fraud", "{i}", "{two}"))
    seconds, fraud = seen.columns
    assert (seconds.kind, seconds.low, seconds.high, seconds.values) == ("number", 0.0, 59.0, [])
    assert sorted(fraud.values) == [("0", 30), ("1", 30)]


def test_epoch_times_want_a_name_that_says_so() -> None:
    seen = at(rows("created_at,amount,fraud", "{i}", "17000000{i:02d}", "{two}").replace("\n0,", "\n1,"))
    assert {column.name: column.kind for column in seen.columns} == {
        "created_at": "number", "amount": "number", "fraud": "number",
    }  # fmt: skip
    timed = at(rows("created_at,fraud", "17000000{i:02d}", "{two}"))
    assert timed.guesses["time"] == "created_at"


@pytest.mark.parametrize("name", ["wallet_age", "linked_wallet_hops", "account_txn_24h", "card_count"])
def test_what_is_measured_of_a_card_is_not_the_card(name: str) -> None:
    assert "entity" not in at(rows(f"{name},is_fraud", "{who}", "{two}")).guesses
    assert at(rows(f"{name},wallet,is_fraud", "{who}", "{who}", "{two}")).guesses["entity"] == "wallet"


def test_a_label_that_is_not_known_is_no_class_of_its_own() -> None:
    body = "\n".join(f"{i},{('unknown', '2', 'unknown', '1')[i % 4]}" for i in range(60))
    seen = at(f"f,class\n{body}\n")
    assert (seen.guesses["label"], seen.fraud_is) == ("class", "1")
